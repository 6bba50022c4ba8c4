Feature: Findings about snapshots

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: Duplicates
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:05 | ada   | codex    | before | W0-CHN | 12% |
      | 10:00 | bo    | codex    | before | W0-CHN | 20% |
      | 10:00 | bo    | codex    | before | W0-CHN | 30% |
    When I run "bin/audit --window W0-CHN --format json" at 12:00
    Then the JSON rows at "findings" are
      | severity | kind      | rows   | detail                                                                            |
      | fault    | duplicate | ID, ID | BEFORE of bo codex is booked 2 times, some at the same moment; undo the wrong one |
      | note     | duplicate | ID, ID | BEFORE of ada codex is booked 2 times; the last one counts                 |
      | note     | no-after  | ID     | ada codex has no AFTER yet                                                        |
      | note     | no-after  | ID     | bo codex has no AFTER yet                                                         |
      | note     | no-plan   |        | it has no plan checkpoint; `checkpoint W0-CHN --plan N` books one                 |

  Scenario: Missing phases before and after the end of the window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/audit --window W0-CHN" at 12:00
    Then it prints the lines
      """
      W0-CHN: 2 notes
      note W0-CHN no-after ada codex has no AFTER yet
      """
    When I run "bin/audit --window W0-CHN" at 2026-11-23 08:00
    Then it prints the lines
      """
      W0-CHN: 2 faults, 2 notes
      fault W0-CHN no-after ada codex has a BEFORE and no AFTER; `end codex W0-CHN --agent ada` books one
      fault W0-CHN not-finalized it has ended and is not finalized; run `finalize W0-CHN`
      note W0-CHN no-final it has ended and has no final checkpoint; run `checkpoint W0-CHN`
      """
    When I run "bin/audit --window W0-CHN --exit-code" at 2026-11-23 08:00
    Then it exits with 1

  Scenario: An AFTER without its BEFORE
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    And "bin/undo codex --agent ada --phase before --notes 'wrong account'" was run
    When I run "bin/audit --window W0-CHN" at 12:30
    Then it prints the lines
      """
      fault W0-CHN no-before ada codex has an AFTER and no BEFORE
      note W0-CHN voided BEFORE of ada codex, ID, was voided: wrong account
      """

  Scenario: Superseded rows, and snapshots after finalize
    Given a finished window W0-CHN
    And "bin/finalize --window W0-CHN --quality 5" was run
    And Ada ends codex in W0-CHN at 12:45 with 5h 53%, weekly 31%
    When I run "bin/audit --window W0-CHN" at 13:00
    Then it prints the lines
      """
      fault W0-CHN changed-since snapshots changed since it was finalized; finalize it again
      note W0-CHN duplicate AFTER of ada codex is booked 2 times; the last one counts
      note W0-CHN superseded window ID is superseded by ID
      """

  Scenario: A gap and an overlap between two windows
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    And Ada starts codex in W0-CHP at 14:30 with 5h 20%
    And Bo starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo ends codex in W0-CHN at 12:00 with 5h 20%
    And Bo starts codex in W0-CHP at 11:30 with 5h 20%
    When I run "bin/audit --window W0-CHP" at 15:00
    Then it prints the lines
      """
      fault W0-CHP overlap BEFORE of bo codex is 30m older than its AFTER of W0-CHN: use between counts twice
      note W0-CHP gap no snapshot of ada codex for 2h 30m, between AFTER of W0-CHN and BEFORE
      """
