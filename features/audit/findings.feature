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
      W0-CHN: 0 faults, 3 notes
      note W0-CHN no-plan it has no plan checkpoint
      note W0-CHN no-final it has ended and has no final checkpoint
      """
    And nothing was written

  Scenario: duplicates
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:05 | ada   | codex    | before | W0-CHN | 12% |
      | 10:00 | bo    | codex    | before | W0-CHN | 20% |
      | 10:00 | bo    | codex    | before | W0-CHN | 30% |
    When I run "bin/audit --window W0-CHN --format json" at 12:00
    Then the JSON rows at "findings" are
      | severity | kind      | rows   | detail                                                                               |
      | fault    | duplicate | ID, ID | BEFORE of bo codex is booked 2 times, some of the same moment; undo the wrong one    |
      | note     | duplicate | ID, ID | BEFORE of ada codex is booked 2 times; the last one booked counts                    |
      | note     | no-after  | ID     | ada codex has no AFTER yet                                                           |
      | note     | no-after  | ID     | bo codex has no AFTER yet                                                            |
      | note     | no-plan   |        | it has no plan checkpoint                                                            |
