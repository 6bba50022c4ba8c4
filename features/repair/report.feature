Feature: The report of a repair

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: A dry run
    Given in row 1 of the journal windows ""anomalies":0" became ""anomalies":1"
    And the state of bo with codex is gone
    When I run "bin/repair --yes --dry-run"
    Then it reports
      """
      dry run: 2 things to do, 0 faults left
      state/bo/codex.json: differs from the journal; the next snapshot rewrites it: would write it anew
      windows.jsonl:1 crc is CRC, the bytes say CRC: would move this row to the quarantine
      """
    And nothing was written

  Scenario: JSON
    Given the state of bo with codex is gone
    When I run "bin/repair --format json"
    Then the JSON has
      | path          | value                                                  |
      | ok            | true                                                   |
      | dry_run       | false                                                  |
      | rows_verified | 4                                                      |
      | done          | state/bo/codex.json: written anew from snapshots.jsonl |
      | left          |                                                        |

  Scenario: There is no book
    When I run "bin/repair --data-dir nowhere"
    Then it exits with 66 and says "repair: there is no book at HOME/nowhere"
    And nothing was created
