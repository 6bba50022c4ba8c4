Feature: A checkpoint adds rows to the ledgers

  What they wrote stays to the byte; rows of the book come below it, each once.

  Background:
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 200_000
      """

  Scenario: An older ledger keeps its twelve columns
    Given the token ledger with
      """
      date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,features_added,tests_added,notes
      2025-10-08,S1,"fix, then ""ship""",200000,150000,-50000,3,120,8,1,4,by hand
      """
    When I run "bin/checkpoint W0-CHN --actual 5 --task '=1+1' --notes 'a, b'" at 09:00
    Then the token ledger is
      """
      date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,features_added,tests_added,notes
      2025-10-08,S1,"fix, then ""ship""",200000,150000,-50000,3,120,8,1,4,by hand
      2026-11-22,W0-CHN,'=1+1,200000,5,-199995,,,,,,"a, b; window=W0-CHN; provider=codex; agent=main; checkpoint=plan; actual_from=given; decision=missing-commit-range; record_id=ID"
      """
    When I run "bin/checkpoint W0-CHN --actual 5" at 09:00
    Then the token ledger reads
      | session_id | task               |
      | S1         | fix, then "ship"   |
      | W0-CHN     | '=1+1              |

  Scenario: Churn has its own ledger
    Given the repository app
    And app has the commit begin
    And app has the commit end
      | file         | lines   |
      | list         | one two |
      | test_list.py | one     |
    And main starts codex in W0-CHN at 09:00 with 5h 11%
    And main ends codex at 11:00 with 5h 20%
    And "bin/finalize --window W0-CHN --features codex=2 --methodology tdd --commit-start begin --commit-end end" was run
    When I run "bin/checkpoint W0-CHN" at 12:00
    Then the churn ledger reads
      | date       | window | methodology | files_changed | insertions | deletions | net | features | normalized_churn | notes        |
      | 2026-11-22 | W0-CHN | tdd         | 2             | 3          | 0         | 3   | 2        | 1.5              | record_id=ID |
    And the token ledger reads
      | commits | lines_added | lines_deleted | features_added | tests_added |
      | 1       | 3           | 0             | 2              | 1           |
    And it prints the lines
      """
      churn: +3 -0 in 2 files
      """

  Scenario: An unknown header is refused and nothing is booked
    Given the token ledger with
      """
      date;task;notes
      """
    When I run "bin/checkpoint W0-CHN" at 09:00
    Then it exits with 65 and says "valid: date,session_id,task,tokens_planned,tokens_actual,delta,"
    And nothing was written
