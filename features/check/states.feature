Feature: check finds faulty states

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/finalize --window W0-CHN --at 2026-11-22T12:40" was run

  Scenario: An edited state
    Given the state of ada with codex has "window" changed to "W0-CHX"
    When I run "bin/check"
    Then it finds the faults
      """
      state/ada/codex.json: differs from the journal; the next snapshot rewrites it
      """
    And nothing was written

  Scenario: The next snapshot corrects the state
    Given the state of ada with codex has "window" changed to "W0-CHX"
    And Ada starts codex in W0-CHP at 13:00 with 5h 52%
    When I run "bin/check"
    Then the first line is "ok: 5 rows verified (snapshots 4, windows 1)"

  Scenario: A missing state
    Given the state of bo with codex is gone
    When I run "bin/check"
    Then it finds the faults
      """
      state/bo/codex.json: differs from the journal; the next snapshot rewrites it
      """

  Scenario: A state of an unknown agent
    Given the state of bo with codex was copied to cleo
    When I run "bin/check"
    Then it finds the faults
      """
      state/cleo/codex.json: belongs to no snapshot
      """
