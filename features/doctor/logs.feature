Feature: doctor reports agents' logs that may be lost

  Background:
    Given Ada has no crontab
    And the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """

  Scenario: Logs that were never read
    When I run "bin/doctor"
    Then doctor reports for claude
      """
      warn logs claude its logs were never read; run ./just ingest claude
      """
    When I run "bin/ingest"
    And I run "bin/doctor"
    Then it prints the lines
      """
      ok logs agents claude
      """

  Scenario: Claude Code deletes its logs, and no job reads them
    When I run "bin/doctor"
    Then it prints the lines
      """
      warn logs claude retention Claude Code deletes its logs after 30 days (cleanupPeriodDays), and no job reads them; run ./just schedule install, or set cleanupPeriodDays to 365 days or more in ~/.claude/settings.json
      """

  Scenario Outline: cleanupPeriodDays is <value>
    Given the file .claude/settings.json with
      """
      {"cleanupPeriodDays": <value>}
      """
    When I run "bin/doctor"
    Then it prints the lines
      """
      <verdict> logs claude retention Claude Code deletes its logs after <shown> days (cleanupPeriodDays)<rest>
      """

    Examples:
      | value | verdict | shown | rest                                                                                                                                               |
      | 90    | warn    | 90    | , and no job reads them; run ./just schedule install, or set cleanupPeriodDays to 365 days or more in ~/.claude/settings.json                         |
      | 0     | warn    | 0     | , and no job reads them; run ./just schedule install, or set cleanupPeriodDays to 365 days or more in ~/.claude/settings.json                         |
      | 3650  | ok      | 3,650 |                                                                                                                                                    |

  Scenario: A local setting overrides the other
    Given the file .claude/settings.json with
      """
      {"cleanupPeriodDays": 20}
      """
    And the file .claude/settings.local.json with
      """
      {"cleanupPeriodDays": 9999}
      """
    When I run "bin/doctor"
    Then it prints the lines
      """
      ok logs claude retention Claude Code deletes its logs after 9,999 days (cleanupPeriodDays)
      """

  Scenario Outline: A job in the crontab: <job>
    Given Ada's crontab is
      """
      54 * * * * <job>
      """
    When I run "bin/doctor"
    Then it prints a line with "<shown>"

    Examples:
      | job                                        | shown                         |
      | PROJECT/bin/_job agents ingest             | a job reads them before       |
      | cd PROJECT && ./just ingest >> log 2>&1    | a job reads them before       |
      | PROJECT/bin/ingest --all                   | a job reads them before       |
      | PROJECT/bin/ingest claude                  | a job reads them before       |
      | PROJECT/bin/_job ingest ingest proxy-telemetry | and no job reads them     |
      | /other/clone/bin/ingest                    | and no job reads them         |

  Scenario: Jobs of systemd count once they are enabled
    When I run "bin/schedule --as systemd --into .config/systemd/user"
    And I run "bin/doctor"
    Then it prints a line with "and no job reads them"
    Given the file .config/systemd/user/timers.target.wants/burnbook-agents.timer with
      """
      [Timer]
      """
    When I run "bin/doctor"
    Then it prints a line with "a job reads them before"

  Scenario Outline: Gemini CLI: <settings>
    Given the file .gemini/settings.json with
      """
      // what I like
      <settings>
      """
    When I run "bin/doctor"
    Then it prints a line with "<shown>"

    Examples:
      | settings                                         | shown                                    |
      | {}                                               | Gemini CLI deletes its logs after 30 days |
      | {"general":{"sessionRetention":{"maxAge":"2w"}}} | Gemini CLI deletes its logs after 14 days |
      | {"general":{"sessionRetention":{"enabled":false}}} | Gemini CLI keeps its logs              |
