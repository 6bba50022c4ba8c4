Feature: The next append moves an unfinished row aside

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada starts codex in W0-CHN at 09:30 with 5h 12%
    And the last row of the journal snapshots was cut off after 30 bytes

  Scenario: The next snapshot repairs the journal and records an anomaly
    When Ada ends codex in W0-CHN at 12:30 with 5h 51%
    Then it prints "AFTER W0-CHN ada codex: 5h 51% (ID)"
    And the journal snapshots reads
      | phase  | 5h |
      | before | 11 |
      | after  | 51 |
    And the file snapshots.jsonl.broken of the book reads
      """
      {"row":"snapshot","id":"s-REST
      """
    And the journal anomalies reads
      | kind      | subject         | second | source |
      | torn-tail | snapshots.jsonl | 30     | heal   |

  Scenario: The repaired book is valid
    Given Ada ends codex in W0-CHN at 12:30 with 5h 51%
    When I run "bin/check"
    Then it prints
      """
      ok: 3 rows verified (snapshots 2, anomalies 1)
      note: raw/ID.txt: belongs to no snapshot of this book
      note: snapshots.jsonl.broken: has unfinished rows, 31 bytes
      chains: 3 rows in 2 chains
      """

  Scenario: It is repaired once
    Given Ada ends codex in W0-CHN at 12:30 with 5h 51%
    When Ada ends codex in W0-CHN at 12:40 with 5h 52%
    Then the journal anomalies has 1 row
    And the journal snapshots has 3 rows

  Scenario: finalize repairs other journals too
    Given Ada ends codex in W0-CHN at 12:30 with 5h 51%
    And "bin/finalize --window W0-CHN" was run
    And the last row of the journal windows was cut off after 100 bytes
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows has 1 row
    And the journal anomalies reads
      | kind      | subject         | second |
      | torn-tail | snapshots.jsonl | 30     |
      | torn-tail | windows.jsonl   | 100    |

  Scenario: The preview skips the unfinished row and changes nothing
    When I run "bin/preview --window W0-CHN --format json" at 10:00
    Then the JSON rows at "meters" are
      | meter | before |
      | 5h    | 11     |
    And nothing was written

  Scenario: A command that books nothing changes nothing
    When Bo ends codex in W0-CHN at 12:30 with 5h 51%
    Then it exits with 66
    And nothing was written
