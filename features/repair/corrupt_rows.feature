Feature: Repair quarantines corrupt rows with --yes

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: A corrupt row stays in place without --yes
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair"
    Then it reports faults that are left
      """
      nothing repaired, 1 fault left: 3 rows verified
      left: snapshots.jsonl:1 crc is CRC, the bytes say CRC
      --yes also quarantines corrupt and duplicate rows
      """
    And nothing was written

  Scenario: With --yes a corrupt row goes to the quarantine
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair --yes"
    Then it reports
      """
      2 things repaired: 5 rows verified
      snapshots.jsonl: quarantined 1 row in snapshots.jsonl.quarantine; original journal saved as snapshots.jsonl.before-repair-TIME
      state/ada/codex.json: written anew from snapshots.jsonl
      """
    And the journal snapshots has 2 rows
    And the quarantine of snapshots has
      | line | offset | reason                        |
      | 1    | 0      | crc is CRC, the bytes say CRC |
    And the bytes in the quarantine of snapshots are the damaged row
    And the journal anomalies reads
      | kind   | subject         | first |
      | repair | snapshots.jsonl | 1     |

  Scenario: A second repair finds nothing
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    And "bin/repair --yes" was run
    When I run "bin/repair --yes"
    Then it prints "nothing to repair: 5 rows verified"
    And nothing was written

  Scenario: A duplicated row is kept once
    Given row 3 of the journal snapshots is duplicated
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 5 rows verified (snapshots 3, windows 1, anomalies 1)
      """

  Scenario: A void of a lost row is quarantined too
    Given "bin/undo codex --agent bo" was run
    And row 2 of the journal snapshots is gone
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      note: snapshots.jsonl:3 voids ID, which does not precede it; the quarantine names it
      """
