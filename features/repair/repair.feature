Feature: mend what can be mended of a book

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: nothing to mend
    When I run "bin/repair"
    Then it prints "nothing to repair: 4 rows verified"
    And nothing was written

  Scenario: a row that nobody finished is moved aside
    Given Bo ends codex in W0-CHN at 12:40 with 5h 70%
    And the last row of the journal snapshots was cut off after 40 bytes
    When I run "bin/repair"
    Then it says
      """
      2 things repaired: 5 rows verified
      snapshots.jsonl: moved 40 unterminated bytes at BYTE to snapshots.jsonl.broken
      state/bo/codex.json: written anew from snapshots.jsonl
      """
    And the journal anomalies reads
      | kind      | subject         | second |
      | torn-tail | snapshots.jsonl | 40     |
    And the state of bo with codex is
      | window | phase  | after |
      | W0-CHN | before | null  |

  Scenario: a row that was cut off after others had named it is lost
    Given the last row of the journal snapshots was cut off after 40 bytes
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      note: windows.jsonl:1 names ID, which is not in snapshots.jsonl; the quarantine names it
      """

  Scenario: a row that does not hold stays until somebody says yes
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair"
    Then it is left
      """
      nothing repaired, 1 fault left: 3 rows verified
      left: snapshots.jsonl:1 crc is CRC, the bytes say CRC
      --yes also quarantines corrupt and duplicate rows, and corrects ledger rows
      """
    And nothing was written

  Scenario: with --yes it goes to the quarantine, and everything else stays
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair --yes"
    Then it says
      """
      2 things repaired: 4 rows verified
      snapshots.jsonl: moved 1 row to snapshots.jsonl.quarantine; the journal as it was is snapshots.jsonl.before-repair-TIME
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

  Scenario: CRLF line ends are written as LF, and every row stays
    Given the journal snapshots has CRLF line ends
    When I run "bin/repair"
    Then it is left
      """
      nothing repaired, 1 fault left: 4 rows verified
      left: snapshots.jsonl: has CRLF line ends (3 lines); run repair --yes
      """
    And nothing was written
    When I run "bin/repair --yes"
    Then it says
      """
      1 thing repaired: 4 rows verified
      snapshots.jsonl: rewritten with LF line ends, every row kept; the journal as it was is snapshots.jsonl.before-repair-TIME
      """
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 4 rows verified (snapshots 3, windows 1)
      """

  Scenario: a journal with rows of a newer version is not changed
    Given row 2 of the journal snapshots is of schema_version 2, from 0.2.0
    And in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/repair --yes"
    Then it is left
      """
      nothing repaired, 1 fault left: 2 rows verified
      left: snapshots.jsonl:1 crc is CRC, the bytes say CRC
      note: snapshots.jsonl: has 1 row of a newer version, 0.2.0, left alone and not counted; repair does not change this journal
      """
    And nothing was written

  Scenario: a row of the quarantine that holds is put back
    Given row 1 of the journal snapshots is in the quarantine
    When I run "bin/repair --restore"
    Then it is left
      """
      nothing restored: 1 row to put back
      snapshots.jsonl: would get back 1 row
      --yes puts rows back
      """
    And nothing was written
    When I run "bin/repair --restore --yes"
    Then it says
      """
      1 thing repaired: 5 rows verified
      snapshots.jsonl: put back 1 row from snapshots.jsonl.quarantine; the journal as it was is snapshots.jsonl.before-repair-TIME
      """
    And the journal anomalies reads
      | kind    | subject         | first |
      | restore | snapshots.jsonl | 1     |
    When I run "bin/repair --restore --yes"
    Then it prints "nothing to repair: 5 rows verified"
    And nothing was written

  Scenario: a row of the quarantine that still does not hold stays there
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    And "bin/repair --yes" was run
    When I run "bin/repair --restore --yes"
    Then it is left
      """
      nothing repaired, 1 fault left: 4 rows verified
      left: snapshots.jsonl.quarantine:1 is still corrupt: crc is CRC, the bytes say CRC
      """
    And nothing was written

  Scenario: after a repair the book is clean, and a second one finds nothing
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    And "bin/repair --yes" was run
    When I run "bin/repair --yes"
    Then it prints "nothing to repair: 4 rows verified"
    And nothing was written

  Scenario: what would be done
    Given in row 1 of the journal windows ""anomalies":0" became ""anomalies":1"
    And the state of bo with codex is gone
    When I run "bin/repair --yes --dry-run"
    Then it says
      """
      dry run: 2 things to do, 0 faults left
      state/bo/codex.json: differs from the journal; the next snapshot rewrites it: would write it anew
      windows.jsonl:1 crc is CRC, the bytes say CRC: would move this row to the quarantine
      """
    And nothing was written

  Scenario: a row that stands there twice stays once
    Given row 3 of the journal snapshots stands there twice
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 5 rows verified (snapshots 3, windows 1, anomalies 1)
      """

  Scenario: a void of a row that is lost
    Given "bin/undo codex --agent bo" was run
    And row 2 of the journal snapshots is gone
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      note: snapshots.jsonl:3 voids ID, which is not before it; the quarantine names it
      """

  Scenario: states that differ, are gone, or are of nobody
    Given the state of ada with codex has "window" changed to "W0-CHX"
    And the state of bo with codex was copied to cleo
    And the state of bo with codex is gone
    When I run "bin/repair"
    Then it says
      """
      3 things repaired: 4 rows verified
      state/ada/codex.json: written anew from snapshots.jsonl
      state/bo/codex.json: written anew from snapshots.jsonl
      state/cleo/codex.json: renamed to codex.json.before-repair-TIME, no snapshot is about it
      """
    And there is no state of cleo with codex

  Scenario: modes
    Given the file snapshots.jsonl of the book has mode 0644
    When I run "bin/repair"
    Then it says
      """
      1 thing repaired: 4 rows verified
      snapshots.jsonl: has mode 0600 now
      """

  Scenario: a ledger that lacks a row gets it
    Given "bin/checkpoint W0-CHN --plan 100 --at 2026-11-22T09:10Z" was run
    And "bin/checkpoint W0-CHN --actual 60 --at 2026-11-22T12:40Z" was run
    And the last line of the token ledger is gone
    When I run "bin/repair"
    Then it says
      """
      1 thing repaired: 6 rows verified
      Token_Churn_Ledger.csv: +1, rows that it lacked
      """

  Scenario: a ledger in which somebody changed a number and doubled a row
    Given "bin/checkpoint W0-CHN --plan 100 --at 2026-11-22T09:10Z" was run
    And "bin/checkpoint W0-CHN --actual 60 --at 2026-11-22T12:40Z" was run
    And in the token ledger ",100,60,-40," became ",100,66,-40,"
    And line 2 of the token ledger stands there twice
    When I run "bin/repair"
    Then it is left
      """
      nothing repaired, 2 faults left: 6 rows verified
      left: Token_Churn_Ledger.csv:3 ID differs from checkpoints.jsonl in tokens_actual (60)
      left: Token_Churn_Ledger.csv:4 ID stands on line 2 already
      --yes also quarantines corrupt and duplicate rows, and corrects ledger rows
      """
    When I run "bin/repair --yes"
    Then it says
      """
      1 thing repaired: 6 rows verified
      Token_Churn_Ledger.csv: 1 row written as the journal has it, 1 row removed that stood there twice; the ledger as it was is Token_Churn_Ledger.csv.before-repair-TIME
      """
    When I run "bin/check"
    Then it prints "ok: 6 rows verified (snapshots 3, windows 1, checkpoints 2)"

  Scenario: what was done, as JSON
    Given the state of bo with codex is gone
    When I run "bin/repair --format json"
    Then the JSON has
      | path          | value                                                  |
      | ok            | true                                                   |
      | dry_run       | false                                                  |
      | rows_verified | 4                                                      |
      | done          | state/bo/codex.json: written anew from snapshots.jsonl |
      | left          |                                                        |

  Scenario: no book
    When I run "bin/repair --data-dir nowhere"
    Then it exits with 66 and says "repair: there is no book at HOME/nowhere"
    And nothing was created
