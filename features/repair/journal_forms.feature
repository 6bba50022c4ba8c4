Feature: Repair keeps every row of a journal in an unusual form

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: CRLF line ends become LF
    Given the journal snapshots has CRLF line ends
    When I run "bin/repair"
    Then it reports faults that are left
      """
      nothing repaired, 1 fault left: 4 rows verified
      left: snapshots.jsonl: has CRLF line ends (3 lines); run repair --yes
      """
    And nothing was written
    When I run "bin/repair --yes"
    Then it reports
      """
      1 thing repaired: 4 rows verified
      snapshots.jsonl: rewritten with LF line ends, every row kept; the journal as it was is snapshots.jsonl.before-repair-TIME
      """
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 4 rows verified (snapshots 3, windows 1)
      """

  Scenario: Rows of a newer version are left alone
    Given row 2 of the journal snapshots is of schema_version 3, from 0.2.0
    And in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair --yes"
    Then it reports faults that are left
      """
      nothing repaired, 1 fault left: 2 rows verified
      left: snapshots.jsonl:1 crc is CRC, the bytes say CRC
      note: snapshots.jsonl: has 1 row of a newer version, 0.2.0, left alone and not counted; repair does not change this journal
      """
    And nothing was written
