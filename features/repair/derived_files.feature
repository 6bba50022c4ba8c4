Feature: Repair rebuilds what is derived from the journals

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: States that differ, are missing, or belong to nobody
    Given the state of ada with codex has "window" changed to "W0-CHX"
    And the state of bo with codex was copied to cleo
    And the state of bo with codex is gone
    When I run "bin/repair"
    Then it reports
      """
      3 things repaired: 4 rows verified
      state/ada/codex.json: written anew from snapshots.jsonl
      state/bo/codex.json: written anew from snapshots.jsonl
      state/cleo/codex.json: renamed to codex.json.before-repair-TIME, no snapshot is about it
      """
    And there is no state of cleo with codex

  Scenario: File modes
    Given the file snapshots.jsonl of the book has mode 0644
    When I run "bin/repair"
    Then it reports
      """
      1 thing repaired: 4 rows verified
      snapshots.jsonl: mode set to 0600
      """
