Feature: hygiene of a window

  A fault makes the figures of a window wrong or incomplete, and somebody can mend it. A note is
  worth knowing.

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: a window that is all there but for its checkpoints
    Given a finished window W0-CHN
    When I run "bin/audit --window W0-CHN --exit-code" at 13:00
    Then it prints the lines
      """
      W0-CHN: 3 notes
      note W0-CHN no-plan it has no plan checkpoint
      note W0-CHN no-final it has ended and has no final checkpoint
      note W0-CHN ledger-behind Churn_Ledger.csv lacks ID; the next checkpoint of the window brings it
      """
    And nothing was written

  Scenario: a window with nothing
    When I run "bin/audit --window W0-CHP"
    Then it prints "W0-CHP: nothing found"
    And nothing was created

  Scenario: duplicates
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:05 | ada   | codex    | before | W0-CHN | 12% |
      | 10:00 | bo    | codex    | before | W0-CHN | 20% |
      | 10:00 | bo    | codex    | before | W0-CHN | 30% |
    When I run "bin/audit --window W0-CHN --format json" at 12:00
    Then the JSON rows at "findings" are
      | severity | kind      | rows   | detail                                                                            |
      | fault    | duplicate | ID, ID | BEFORE of bo codex is booked 2 times, some of the same moment; undo the wrong one |
      | note     | duplicate | ID, ID | BEFORE of ada codex is booked 2 times; the last one booked counts                 |
      | note     | no-after  | ID     | ada codex has no AFTER yet                                                        |
      | note     | no-after  | ID     | bo codex has no AFTER yet                                                         |
      | note     | no-plan   |        | it has no plan checkpoint                                                         |

  Scenario: missing phases, before the window has ended and after
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
      fault W0-CHN no-after ada codex has a BEFORE and no AFTER
      fault W0-CHN not-finalized it has ended and is not finalized
      note W0-CHN no-final it has ended and has no final checkpoint
      """
    When I run "bin/audit --window W0-CHN --exit-code" at 2026-11-23 08:00
    Then it exits with 1

  Scenario: an AFTER whose BEFORE was taken back
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    And "bin/undo codex --agent ada --phase before --notes 'wrong account'" was run
    When I run "bin/audit --window W0-CHN" at 12:30
    Then it prints the lines
      """
      fault W0-CHN no-before ada codex has an AFTER and no BEFORE
      note W0-CHN voided BEFORE of ada codex, ID, was taken back: wrong account
      """

  Scenario: superseded rows, and snapshots that changed after finalize
    Given a finished window W0-CHN
    And "bin/finalize --window W0-CHN --quality 5" was run
    And Ada ends codex in W0-CHN at 12:45 with 5h 53%, weekly 31%
    When I run "bin/audit --window W0-CHN" at 13:00
    Then it prints the lines
      """
      fault W0-CHN changed-since snapshots changed since it was finalized; finalize it again
      note W0-CHN duplicate AFTER of ada codex is booked 2 times; the last one booked counts
      note W0-CHN superseded window ID is superseded by ID
      """

  Scenario: an anomaly
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 4%
    When I run "bin/audit --window W0-CHN" at 12:30
    Then it prints the lines
      """
      fault W0-CHN anomaly negative-delta: ada codex 5h fell from 11% to 4% with no reset shown between
      """

  Scenario: a gap between two windows, and an overlap
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
      note W0-CHP gap 2h 30m between AFTER of W0-CHN and BEFORE for ada codex: nobody looked
      """

  Scenario: a ledger that has a row twice
    Given a finished window W0-CHN
    And the last line of the ledger Acceptance_Evidence.csv was copied
    When I run "bin/audit --window W0-CHN" at 13:00
    Then it prints the lines
      """
      fault W0-CHN duplicate Acceptance_Evidence.csv has ID 2 times; remove what is too much
      """

  Scenario: every window, and the numbers between them
    Given Ada starts codex in W007 at 09:00 with 5h 11%
    And Ada starts codex in W010 at 10:00 with 5h 11%
    When I run "bin/audit --all --format json" at 12:00
    Then the JSON has
      | path    | value      |
      | windows | W007, W010 |
      | faults  | 0          |
      | notes   | 5          |
    When I run "bin/audit --window W010" at 12:00
    Then it prints the lines
      """
      note W010 skipped 2 windows between W007 and W010
      """

  Scenario: a line that does not hold
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":17.0"
    When I run "bin/audit --window W0-CHN" at 12:00
    Then it prints the lines
      """
      fault (book) damage 1 corrupt line skipped; run check
      """
