Feature: check verifies a whole book

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T12:40" was run

  Scenario: A valid book
    When I run "bin/check"
    Then the first line is "ok: 4 rows verified (snapshots 3, windows 1)"
    And nothing was written

  Scenario: A valid book as JSON
    When I run "bin/check --format json"
    Then the JSON has
      | path           | value |
      | ok             | true  |
      | rows.snapshots | 3     |
      | rows.windows   | 1     |
      | rows_verified  | 4     |
      | faults         |       |

  Scenario: --quiet prints nothing for a valid book
    When I run "bin/check --quiet"
    Then it exits with 0
    And it prints nothing

  Scenario: Only rows that were recorded since a time
    When I run "bin/check --since 2020-01-01T00:00Z"
    Then it prints the lines
      """
      ok: 4 rows recorded since 2020-01-01T00:00:00Z verified
      not checked: older rows, the store, states, ledgers, files
      """
    And nothing was written

  Scenario: --full reads what was verified before
    When I run "bin/check --full"
    Then the first line is "ok: 4 rows verified (snapshots 3, windows 1)"

  Scenario: Several faults as JSON
    Given in row 1 of the journal windows ""anomalies":0" became ""anomalies":1"
    And row 3 of the journal snapshots is duplicated
    When I run "bin/check --format json"
    Then it exits with 1
    And the JSON has
      | path          | value           |
      | ok            | false           |
      | faults.0.file | snapshots.jsonl |
      | faults.0.line | 4               |
      | faults.1.file | windows.jsonl   |
      | faults.1.line | 1               |

  Scenario: A book with voided rows is valid
    Given "bin/undo codex --agent ada --at 2026-11-22T12:50" was run
    When I run "bin/check"
    Then the first line is "ok: 5 rows verified (snapshots 4, windows 1)"

  Scenario: There is no book
    When I run "bin/check --data-dir nowhere"
    Then it exits with 66 and says "check: there is no book at HOME/nowhere"
    And nothing was created

  Scenario: Rows of a newer version are no fault
    Given row 2 of the journal snapshots is of schema_version 3, from 0.2.0
    When I run "bin/check"
    Then it prints the lines
      """
      note: snapshots.jsonl: has 1 row of a newer version, 0.2.0, left alone and not counted
      """
