Feature: verify a whole book

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T12:40" was run

  Scenario: everything holds
    When I run "bin/check"
    Then it prints "ok: 4 rows verified (snapshots 3, windows 1)"
    And nothing was written

  Scenario: everything holds, as JSON
    When I run "bin/check --format json"
    Then the JSON has
      | path           | value |
      | ok             | true  |
      | rows.snapshots | 3     |
      | rows.windows   | 1     |
      | rows_verified  | 4     |
      | faults         |       |

  Scenario: everything holds, and nobody has to hear it
    When I run "bin/check --quiet"
    Then it exits with 0
    And it prints nothing

  Scenario: a digit flipped in a closing
    Given in row 1 of the journal windows ":40.0,"delta_min"" became ":41.0,"delta_min""
    When I run "bin/check"
    Then it finds
      """
      windows.jsonl:1 crc is CRC, the bytes say CRC
      """
    And nothing was written

  Scenario: a digit flipped in a snapshot, without which the state cannot be judged
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/check"
    Then it finds
      """
      snapshots.jsonl:1 crc is CRC, the bytes say CRC
      """
    And nothing was written

  Scenario: a row that stands there twice
    Given row 3 of the journal snapshots stands there twice
    When I run "bin/check"
    Then it finds
      """
      snapshots.jsonl:4 id ID is in snapshots.jsonl already
      """
    And nothing was written

  Scenario: a row that nobody finished
    Given the last row of the journal snapshots was cut off after 40 bytes
    When I run "bin/check"
    Then it finds
      """
      snapshots.jsonl:3 an unterminated row of 40 bytes; the next append moves it aside
      """
    And nothing was written

  Scenario: a void of a row that is not there
    Given "bin/undo codex --agent bo" was run
    And row 2 of the journal snapshots is gone
    When I run "bin/check"
    Then it finds
      """
      snapshots.jsonl:3 voids ID, which is not before it
      """

  Scenario: a closing that supersedes a row that is not there
    Given "bin/finalize --window W0-CHN --quality 4" was run
    And row 1 of the journal windows is gone
    When I run "bin/check"
    Then it finds
      """
      windows.jsonl:1 supersedes ID, which is not before it
      """

  Scenario: a state that somebody edited
    Given the state of ada with codex has "window" changed to "W0-CHX"
    When I run "bin/check"
    Then it finds
      """
      state/ada/codex.json: differs from the journal; the next snapshot rewrites it
      """
    And nothing was written

  Scenario: the next snapshot makes the state right again
    Given the state of ada with codex has "window" changed to "W0-CHX"
    And Ada starts codex in W0-CHP at 13:00 with 5h 52%
    When I run "bin/check"
    Then it prints "ok: 5 rows verified (snapshots 4, windows 1)"

  Scenario: a state that is gone
    Given the state of bo with codex is gone
    When I run "bin/check"
    Then it finds
      """
      state/bo/codex.json: differs from the journal; the next snapshot rewrites it
      """

  Scenario: a state of somebody that the journal does not know
    Given the state of bo with codex was copied to cleo
    When I run "bin/check"
    Then it finds
      """
      state/cleo/codex.json: no snapshot is about it
      """

  Scenario: several faults, as JSON
    Given in row 1 of the journal windows ""anomalies":0" became ""anomalies":1"
    And row 3 of the journal snapshots stands there twice
    When I run "bin/check --format json"
    Then it exits with 1
    And the JSON has
      | path          | value           |
      | ok            | false           |
      | faults.0.file | snapshots.jsonl |
      | faults.0.line | 4               |
      | faults.1.file | windows.jsonl   |
      | faults.1.line | 1               |

  Scenario: a book that was undone is as good as any
    Given "bin/undo codex --agent ada --at 2026-11-22T12:50" was run
    When I run "bin/check"
    Then it prints "ok: 5 rows verified (snapshots 4, windows 1)"

  Scenario: no book
    When I run "bin/check --data-dir nowhere"
    Then it exits with 66 and says "check: there is no book at HOME/nowhere"
    And nothing was created

  Scenario: rows of a newer version are no fault
    Given row 2 of the journal snapshots is of schema_version 2, from 0.2.0
    When I run "bin/check"
    Then it prints the lines
      """
      note: snapshots.jsonl: has 1 row of a newer version, 0.2.0, left alone and not counted
      """
