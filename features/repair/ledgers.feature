Feature: Repair completes and corrects the ledgers

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: A missing row is added
    Given "bin/checkpoint W0-CHN --plan 100 --at 2026-11-22T09:10Z" was run
    And "bin/checkpoint W0-CHN --actual 60 --at 2026-11-22T12:40Z" was run
    And the last line of the token ledger is gone
    When I run "bin/repair"
    Then it reports
      """
      1 thing repaired: 6 rows verified
      Token_Churn_Ledger.csv: appended 1 row
      """

  Scenario: A changed number and a duplicate row are left to people
    Given "bin/checkpoint W0-CHN --plan 100 --at 2026-11-22T09:10Z" was run
    And "bin/checkpoint W0-CHN --actual 60 --at 2026-11-22T12:40Z" was run
    And in the token ledger ",100,60,-40," became ",100,66,-40,"
    And line 2 of the token ledger is duplicated
    When I run "bin/repair"
    Then it reports faults that are left
      """
      nothing repaired, 2 faults left: 6 rows verified
      left: Token_Churn_Ledger.csv:3 ID differs from checkpoints.jsonl in tokens_actual (60); correct it, or delete the row and run repair
      left: Token_Churn_Ledger.csv:4 ID is on line 2 too; delete one of them
      """
    And nothing was written
