Feature: A checkpoint chooses its phase and numbers

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

  Scenario: The first checkpoint is a plan, from the budget
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
        W0-CHN is not finalized and has no snapshots; `start PROVIDER W0-CHN` books the first
        W0-CHN has no churn; run `churn W0-CHN`
        W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      """
    And the journal checkpoints reads
      | window | agent | phase | tokens_planned | tokens_actual | decision             |
      | W0-CHN | main  | plan  | 150000         | null          | missing-commit-range |

  Scenario: The next is a mid, with the tokens of the agents' logs
    Given main starts codex in W0-CHN at 09:00 with 5h 11%, context 30K
    And "bin/checkpoint W0-CHN --plan 120000 --at 2026-11-22T09:01Z" was run
    And agents used
      | at    | tool  | input | cache_read | output |
      | 09:10 | codex | 85000 | 900000     | 5000   |
    When I run "bin/checkpoint W0-CHN" at 12:00
    Then it prints the lines
      """
      MID W0-CHN main: planned 120,000, actual 90,000, delta -30,000 (ID)
      phase mid: the window has a plan and has not ended
      planned from the newest checkpoint; actual from the agents' logs
      """

  Scenario: After the window's end it is a final
    Given "bin/checkpoint W0-CHN --at 2026-11-22T09:00Z" was run
    When I run "bin/checkpoint W0-CHN --actual 160000" at 18:00
    Then it prints the lines
      """
      FINAL W0-CHN main: planned 150,000, actual 160,000, delta 10,000 (ID)
      phase final: the window has ended
      planned from the newest checkpoint; actual given
      """

  Scenario: After finalize it is a final
    Given main starts codex in W0-CHN at 09:00 with 5h 11%
    And "bin/checkpoint W0-CHN --at 2026-11-22T09:01Z" was run
    And "bin/finalize --window W0-CHN" was run
    When I run "bin/checkpoint W0-CHN --actual 1" at 10:00
    Then it prints the lines
      """
      phase final: the window is finalized
      """
