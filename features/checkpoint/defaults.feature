Feature: A checkpoint's window, actual count and JSON

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T18:00:00 |
    And the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 150_000
      """

  Scenario: The default is the current window
    Given main starts codex in W0-CHP at 09:00 with 5h 11%, context 30K
    When I run "bin/checkpoint" at 10:00
    Then it prints the lines
      """
      PLAN W0-CHP main: planned 150,000, actual -, delta - (ID)
      """
    And the journal checkpoints reads
      | window | provider | actual_from |
      | W0-CHP | codex    | null        |

  Scenario: Without agents' logs, the proxy's telemetry counts
    Given main starts codex in W0-CHN at 09:00 with 5h 11%, context 30K
    And the file usage.jsonl with
      """
      {"ts":"2026-11-22T09:30:00Z","rid":"a","lane":"glm","model":"m","status":200,"input_tokens":700,"output_tokens":70,"latency_ms":9}
      """
    And "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl" was run
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then it prints the lines
      """
      PLAN W0-CHN main: planned 150,000, actual 770, delta -149,230 (ID)
      planned from the budget; actual from the feeds
      """

  Scenario: JSON
    When I run "bin/checkpoint W0-CHN --phase mid --task parser --format json" at 10:00
    Then the JSON has
      | path                    | value      |
      | booked.0.new            | true       |
      | booked.0.row.phase      | mid        |
      | booked.0.row.task       | parser     |
      | booked.0.row.actual_from | null      |
      | phase_from              | given      |
      | planned_from            | budget     |
      | ledgers.0.added         | 1          |
      | handoff.changed         | true       |
      | decision.verdict        | NO-GO      |
