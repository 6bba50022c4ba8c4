Feature: Repair moves unfinished rows aside

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: A clean book needs no repair
    When I run "bin/repair"
    Then it prints "nothing to repair: 4 rows verified"
    And nothing was written

  Scenario: An unfinished row is moved to the .broken file
    Given Bo ends codex in W0-CHN at 12:40 with 5h 70%
    And the last row of the journal snapshots was cut off after 40 bytes
    When I run "bin/repair"
    Then it reports
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

  Scenario: An unfinished row that other rows name is lost
    Given the last row of the journal snapshots was cut off after 40 bytes
    And "bin/repair --yes" was run
    When I run "bin/check"
    Then it prints the lines
      """
      note: windows.jsonl:1 names ID, which is not in snapshots.jsonl; the quarantine names it
      """
