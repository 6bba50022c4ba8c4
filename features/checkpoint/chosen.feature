Feature: a checkpoint chooses what nobody said

  It says what it chose, and why.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T18:00:00 |
    And the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 150_000
      """

  Scenario: a window without a plan gets one, from its budget
    When I run "bin/checkpoint W0-CHN" at 09:00
    Then it prints
      """
      PLAN W0-CHN main: planned 150,000, actual -, delta - (ID)
      phase plan: the window has no plan yet
      planned from the budget; actual unknown
      churn: missing-commit-range
      ledgers in HOME/docs/Ledgers: Token_Churn_Ledger.csv +1, Churn_Ledger.csv +0
      handoff HOME/docs/HANDOFF.md: refreshed
      decision: NO-GO
      """
    And the journal checkpoints reads
      | window | agent | phase | tokens_planned | tokens_actual | decision             |
      | W0-CHN | main  | plan  | 150000         | null          | missing-commit-range |

  Scenario: then comes a mid, with the tokens that the panes show
    Given main starts codex in W0-CHN at 09:00 with 5h 11%, context 30K
    And "bin/checkpoint W0-CHN --plan 120000 --at 2026-11-22T09:01Z" was run
    And main ends codex in W0-CHN at 11:00 with 5h 20%, context 90K
    When I run "bin/checkpoint W0-CHN" at 12:00
    Then it prints the lines
      """
      MID W0-CHN main: planned 120,000, actual 90,000, delta -30,000 (ID)
      phase mid: the window has a plan and has not ended
      planned from the newest checkpoint; actual from the panes
      """

  Scenario: a final, once the window has ended
    Given "bin/checkpoint W0-CHN --at 2026-11-22T09:00Z" was run
    When I run "bin/checkpoint W0-CHN --actual 160000" at 18:00
    Then it prints the lines
      """
      FINAL W0-CHN main: planned 150,000, actual 160,000, delta 10,000 (ID)
      phase final: the window has ended
      planned from the newest checkpoint; actual given
      """

  Scenario: a final, once it is finalized
    Given main starts codex in W0-CHN at 09:00 with 5h 11%
    And "bin/checkpoint W0-CHN --at 2026-11-22T09:01Z" was run
    And "bin/finalize --window W0-CHN" was run
    When I run "bin/checkpoint W0-CHN --actual 1" at 10:00
    Then it prints the lines
      """
      phase final: the window is finalized
      """

  Scenario: the window is the current one
    Given main starts codex in W0-CHP at 09:00 with 5h 11%, context 30K
    When I run "bin/checkpoint" at 10:00
    Then it prints the lines
      """
      PLAN W0-CHP main: planned 150,000, actual 30,000, delta -120,000 (ID)
      """
    And the journal checkpoints reads
      | window | provider | actual_from |
      | W0-CHP | codex    | pane        |

  Scenario: telemetry tells the actual better than a pane
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

  Scenario: as JSON
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
