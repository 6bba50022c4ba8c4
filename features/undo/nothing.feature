Feature: Nothing to undo

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%

  Scenario Outline: Nothing to undo: <nothing>
    When I run "bin/undo <command>"
    Then it exits with 66 and says
      """
      undo: <sentence> to undo; <preview> shows what is booked
      """
    And the journal snapshots has 1 row

    Examples:
      | nothing                  | command                           | sentence                                          | preview                            |
      | nothing of this agent    | codex --agent bo                  | no snapshot of codex for bo                       | `preview --block snapshots`        |
      | nothing of this phase    | codex --agent ada --phase after   | no AFTER of codex for ada                         | `preview --block snapshots`        |
      | nothing in this window   | codex --agent ada --window W0-CHP | no snapshot of codex for ada in W0-CHP            | `preview W0-CHP --block snapshots` |
      | nothing of this provider | claude --agent ada                | no snapshot of claude for ada                     | `preview --block snapshots`        |
      | not so many              | codex --agent ada --index 2       | only 1, so no number 2, snapshot of codex for ada | `preview --block snapshots`        |

  Scenario Outline: An invalid index: <index>
    When I run "bin/undo codex --agent ada --index <index>"
    Then it exits with 2 and says "<sentence>"
    And nothing was written

    Examples:
      | index | sentence                                    |
      | 0     | undo: --index 0 is not 1 or more            |
      | -1    | undo: --index -1 is not 1 or more           |
      | last  | argument --index: invalid int value: 'last' |

  Scenario: Everything was voided already
    Given "bin/undo codex --agent ada" was run
    When I run "bin/undo codex --agent ada"
    Then it exits with 66 and says
      """
      undo: no snapshot of codex for ada to undo; `preview --block snapshots` shows what is booked
      """
    And the journal snapshots has 2 rows

  Scenario: There is no book
    When I run "bin/undo codex --data-dir nowhere"
    Then it exits with 66 and says
      """
      undo: no snapshot of codex for main to undo; `preview --block snapshots` shows what is booked
      """
