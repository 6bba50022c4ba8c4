Feature: Repeating a checkpoint

  Background:
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 200_000
      """
    And "bin/checkpoint W0-CHN --actual 100 --at 2026-11-22T09:00Z" was run

  Scenario: The same numbers add nothing
    When I run "bin/checkpoint W0-CHN --actual 100" at 09:00
    Then it prints
      """
      already booked: PLAN W0-CHN main: planned 200,000, actual 100, delta -199,900 (ID)
      phase plan: its numbers are already booked
      planned from the newest checkpoint; actual given
      churn: missing-commit-range
      ledgers in HOME/docs/Ledgers: Token_Churn_Ledger.csv +0, Churn_Ledger.csv +0
      handoff HOME/docs/HANDOFF.md: unchanged
      decision: NO-GO
        W0-CHN is not finalized and has no snapshots; `start PROVIDER W0-CHN` books the first
        W0-CHN has no churn; run `churn W0-CHN`
        W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      """
    And the journal checkpoints has 1 row

  Scenario: The same numbers an hour later are not a new checkpoint
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then the journal checkpoints has 1 row

  Scenario: Other numbers supersede the row of that phase
    Given "bin/checkpoint W0-CHN --actual 200 --at 2026-11-22T10:00Z" was run
    And "bin/checkpoint W0-CHN --actual 300 --at 2026-11-22T11:00Z" was run
    When I run "bin/checkpoint W0-CHN --phase plan --plan 5000" at 12:00
    Then it prints the lines
      """
      in place of ID: PLAN W0-CHN main: planned 5,000, actual 100, delta -4,900 (ID)
      """
    And the journal checkpoints reads
      | phase | tokens_planned | tokens_actual | supersedes |
      | plan  | 200000         | 100           |            |
      | mid   | 200000         | 200           |            |
      | mid   | 200000         | 300           | ID         |
      | plan  | 5000           | 100           | ID         |
    And the token ledger reads
      | checkpoint | tokens_planned | tokens_actual | delta   | notes                                                                  |
      | plan       | 200000         | 100           | -199900 | actual_from=given; decision=missing-commit-range                       |
      | mid        | 200000         | 200           | -199800 | actual_from=given; decision=missing-commit-range                       |
      | mid        | 200000         | 300           | -199700 | actual_from=given; decision=missing-commit-range; supersedes=ID        |
      | plan       | 5000           | 100           | -4900   | actual_from=given; decision=missing-commit-range; supersedes=ID        |
    When I run "bin/check"
    Then the first line is "ok: 4 rows verified (checkpoints 4)"

  Scenario: Changing a number back adds another row
    Given "bin/checkpoint W0-CHN --phase plan --actual 200" was run
    When I run "bin/checkpoint W0-CHN --phase plan --actual 100"
    Then the journal checkpoints has 3 rows
    And every row of the journal checkpoints has another id

  Scenario: Missing ledger rows are added again
    Given the token ledger was lost
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then the token ledger reads
      | date       | session_id | tokens_actual | agent | record_id |
      | 2026-11-22 | W0-CHN     | 100           | main  | ID        |
