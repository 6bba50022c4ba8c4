Feature: check finds faulty rows

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T12:40" was run

  Scenario: A changed digit in a finalized window
    Given in row 1 of the journal windows ""anomalies":0" became ""anomalies":1"
    When I run "bin/check"
    Then it finds the faults
      """
      windows.jsonl:1 crc is CRC, the bytes say CRC
      """
    And nothing was written

  Scenario: A changed digit in a snapshot hides the state
    Given in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":12.0"
    When I run "bin/check"
    Then it finds the faults
      """
      snapshots.jsonl:1 crc is CRC, the bytes say CRC
      """
    And nothing was written

  Scenario: A duplicated row
    Given row 3 of the journal snapshots is duplicated
    When I run "bin/check"
    Then it finds the faults
      """
      snapshots.jsonl:4 id ID is a duplicate of a row in snapshots.jsonl
      """
    And nothing was written

  Scenario: An unfinished row
    Given the last row of the journal snapshots was cut off after 40 bytes
    When I run "bin/check"
    Then it finds the faults
      """
      snapshots.jsonl:3 an unterminated row of 40 bytes; the next append moves it aside
      """
    And nothing was written

  Scenario: A void of an unknown row
    Given "bin/undo codex --agent bo" was run
    And row 2 of the journal snapshots is gone
    When I run "bin/check"
    Then it finds the faults
      """
      snapshots.jsonl:3 voids ID, which does not precede it
      snapshots.jsonl:2 rows of host HOST before it were removed
      """

  Scenario: A finalized window that supersedes an unknown row
    Given "bin/finalize --window W0-CHN --quality 4" was run
    And row 1 of the journal windows is gone
    When I run "bin/check"
    Then it finds the faults
      """
      windows.jsonl:1 supersedes ID, which does not precede it
      windows.jsonl:1 rows of host HOST before it were removed
      """
