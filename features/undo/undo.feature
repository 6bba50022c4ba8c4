Feature: undo voids a snapshot

  Undo books a row that voids another; nothing is ever removed from the journal.

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 10:00 | ada   | codex    | before | W0-CHN | 12% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
      | 12:40 | ada   | codex    | before | W0-CHP | 52% |
      | 12:50 | bo    | codex    | before | W0-CHN | 63% |

  Scenario: The last snapshot of this agent
    When I run "bin/undo codex --agent ada"
    Then it prints "undone: BEFORE of codex for ada in W0-CHP, taken 2026-11-22 12:40 (ID)"
    And the journal snapshots reads
      | row      | agent | window | phase  | source |
      | snapshot | ada   | W0-CHN | before | stdin  |
      | snapshot | ada   | W0-CHN | before | stdin  |
      | snapshot | ada   | W0-CHN | after  | stdin  |
      | snapshot | ada   | W0-CHP | before | stdin  |
      | snapshot | bo    | W0-CHN | before | stdin  |
      | void     | ada   | W0-CHP |        | undo   |
    And the state of ada with codex is
      | window | phase | captured_at          |
      | W0-CHN | after | 2026-11-22T12:30:00Z |

  Scenario Outline: <which>
    When I run "bin/undo codex --agent ada <flags>"
    Then it prints "undone: <what> of codex for ada in <window>, taken 2026-11-22 <time> (ID)"

    Examples:
      | which                      | flags                              | what   | window | time  |
      | of a phase                 | --phase after                      | AFTER  | W0-CHN | 12:30 |
      | the verb says the phase    | --phase end                        | AFTER  | W0-CHN | 12:30 |
      | the other verb             | --phase start                      | BEFORE | W0-CHP | 12:40 |
      | of a window                | --window W0-CHN                    | AFTER  | W0-CHN | 12:30 |
      | of a phase and a window    | --phase before --window W0-CHN     | BEFORE | W0-CHN | 10:00 |
      | the second last            | --index 2                          | AFTER  | W0-CHN | 12:30 |
      | the second last of a phase | --phase before --index 2           | BEFORE | W0-CHN | 10:00 |

  Scenario: Two calls void two snapshots
    When I run "bin/undo codex --agent ada"
    And I run "bin/undo codex --agent ada"
    Then it prints "undone: AFTER of codex for ada in W0-CHN, taken 2026-11-22 12:30 (ID)"

  Scenario: The notes say why
    When I run "bin/undo codex --agent ada --notes 'wrong pane'"
    Then row 6 of the journal snapshots has "notes" wrong pane

  Scenario: The previous BEFORE counts again
    When I run "bin/undo codex --agent ada --phase before --window W0-CHN"
    And I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON rows at "meters" are
      | agent | meter | before | after | delta |
      | ada   | 5h    | 11     | 51    | 40    |
      | bo    | 5h    | 63     | null  | null  |

  Scenario: A voided AFTER reopens the window
    When I run "bin/undo codex --agent ada --phase after"
    And I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON has
      | path  | value |
      | state | open  |

  Scenario: JSON
    When I run "bin/undo codex --agent ada --format json"
    Then the JSON has
      | path                 | value  |
      | booked.0.new         | true   |
      | booked.0.row.row     | void   |
      | booked.0.row.window  | W0-CHP |
