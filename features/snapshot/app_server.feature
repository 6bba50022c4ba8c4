Feature: Codex's limits from its app server

  `capture = "app_server"` runs `codex app-server` and asks it for the account and its limits. Codex
  itself asks the vendor; burnbook reads no credentials.

  Background:
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "app_server"
      """

  Scenario: The limits of an account
    Given the app server of Codex answers
      | method                  | answer |
      | initialize              | {"result": {"userAgent": "codex/1.0"}} |
      | account/read            | {"result": {"account": {"type": "chatgpt", "email": "ada@example.com", "planType": "pro"}}} |
      | account/rateLimits/read | {"result": {"rateLimits": {"limitId": "codex", "planType": "pro", "primary": {"usedPercent": 25, "windowDurationMins": 299, "resetsAt": epoch(11:00)}, "secondary": {"usedPercent": 9, "windowDurationMins": 10079, "resetsAt": epoch(2026-11-26 00:00)}, "credits": {"hasCredits": true, "balance": "38"}}}} |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 25%, weekly 9%, credits 38 left (ID)"
    And row 1 of the journal snapshots has "source" capture
    And row 1 of the journal snapshots has "plan" pro
    And no file of the book contains "ada@example.com"
    When I run "bin/reset --force" at 2026-11-23 00:10
    Then it prints a line with "AFTER W0-CHN main codex"

  Scenario: Notifications, requests of the server and other lines come in between
    Given the app server of Codex answers
      | method                  | answer |
      |                         | {"method": "remoteControl/status/changed", "params": {}} |
      | initialize              | {"result": {}} |
      |                         | warning: not JSON |
      | account/read            | {"result": {"account": null}} |
      |                         | {"id": 3, "method": "item/tool/requestUserInput", "params": {}} |
      |                         | {"id": 99, "result": {"rateLimits": {"primary": {"usedPercent": 99, "windowDurationMins": 300}}}} |
      | account/rateLimits/read | {"result": {"rateLimits": {"primary": {"usedPercent": 25, "windowDurationMins": 300, "resetsAt": epoch(11:00)}}}} |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 25% (ID)"

  Scenario Outline: <what>
    Given the app server of Codex answers
      | method                  | answer     |
      | initialize              | {"result": {}} |
      | account/read            | {"error": {"code": -32600, "message": "unknown variant `account/read`"}} |
      | account/rateLimits/read | <answer>   |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00
    Then it exits with 74 and says "<sentence>"
    And nothing was created

    Examples:
      | what                    | answer | sentence |
      | Nobody is logged in     | {"error": {"code": -32600, "message": "codex account authentication required to read rate limits"}} | log in with `codex login` |
      | The backend fails       | {"error": {"code": -32603, "message": "failed to fetch codex rate limits: 429"}} | did not answer account/rateLimits/read: 'failed to fetch codex rate limits: 429' |
      | An old version          | {"error": {"code": -32600, "message": "unknown variant `account/rateLimits/read`"}} | update Codex, or use `capture = "rollouts"` |
      | An answer without limits | {"result": null} | 'no result' |
      | The server ends         | end | ended before it answered account/rateLimits/read |
      | It prints without end   | flood | printed too much |

  Scenario: No answer within timeout_seconds
    Given the config file agents.toml says
      """
      [agents.main]
      provider        = "codex"
      capture         = "app_server"
      timeout_seconds = 1
      """
    And the app server of Codex answers
      | method     | answer |
      | initialize | wait   |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00
    Then it exits with 74 and says "the capture command 'codex app-server' did not finish in 1 s"

  Scenario: Codex is not installed
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00
    Then it exits with 66 and says "the capture command 'codex' is not on PATH"
