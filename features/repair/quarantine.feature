Feature: repair --restore puts rows of a quarantine back

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: A valid row is restored
    Given row 1 of the journal snapshots is in the quarantine
    When I run "bin/repair --restore"
    Then it reports faults that are left
      """
      nothing restored: 1 row to put back
      snapshots.jsonl: would get back 1 row
      --yes puts rows back
      """
    And nothing was written
    When I run "bin/repair --restore --yes"
    Then it reports
      """
      1 thing repaired: 5 rows verified
      snapshots.jsonl: restored 1 row from snapshots.jsonl.quarantine; original journal saved as snapshots.jsonl.before-repair-TIME
      """
    And the journal anomalies reads
      | kind    | subject         | first |
      | restore | snapshots.jsonl | 1     |
    When I run "bin/repair --restore --yes"
    Then it prints "nothing to repair: 5 rows verified"
    And nothing was written

  Scenario: A corrupt row stays in the quarantine
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    And "bin/repair --yes" was run
    When I run "bin/repair --restore --yes"
    Then it reports faults that are left
      """
      nothing repaired, 1 fault left: 5 rows verified
      left: snapshots.jsonl.quarantine:1 is still corrupt: crc is CRC, the bytes say CRC
      """
    And nothing was written
