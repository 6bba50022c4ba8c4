Feature: The limits of Codex as JSON

  `codex app-server` answers `account/rateLimits/read`. The meters have the names of the pane.

  Scenario: The answer of codex app-server
    Given the pane
      """
      {"id": 6, "result": {"rateLimits": {"limitId": "codex", "planType": "pro", "secondary": null,
       "primary": {"usedPercent": 25, "windowDurationMins": 300, "resetsAt": 1795345200}}}}
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 25% (ID)"
    And row 1 of the journal snapshots has "plan" pro

  Scenario: A plan that is metered in credits
    Given the pane
      """
      {"rateLimits": {"primary": null, "secondary": null, "credits": null,
       "individualLimit": {"limit": "25000", "used": "8000", "remainingPercent": 68, "resetsAt": 1795651200}}}
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: monthly-credit 32%, credits 8,000 of 25,000 (ID)"

  Scenario: The login has expired
    Given the pane
      """
      {"id": 6, "error": {"code": -32600, "message": "authentication required to read rate limits"}}
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Then it exits with 65 and says "no meters of codex in the pane (not-logged-in, no-meters); nothing booked"
