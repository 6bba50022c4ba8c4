Feature: SQL over the journals reads and never writes

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 01:00 | main  | codex    | before | W1     | 10%    |
      | 02:00 | main  | codex    | after  | W1     | 12%    |

  Scenario: A statement names journals
    When I run "bin/sql 'SELECT phase, count(*) AS snapshots FROM snapshots GROUP BY 1'"
    Then it prints
      """
      2 rows
        phase   snapshots
        after           1
        before          1
      """
