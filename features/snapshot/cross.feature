Feature: cross books AFTER and the next BEFORE from one pane

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: AFTER of the open window and BEFORE of the next
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    When Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)
      BEFORE W0-CHP ada codex: 5h 51%, weekly 31% (ID)
      """
    And the journal snapshots reads
      | window | phase  | captured_at          | 5h | weekly |
      | W0-CHN | before | 2026-11-22T09:00:00Z | 11 | 24     |
      | W0-CHN | after  | 2026-11-22T12:30:00Z | 51 | 31     |
      | W0-CHP | before | 2026-11-22T12:30:00Z | 51 | 31     |
    And the state of ada with codex is
      | window | phase  | captured_at          | before | after |
      | W0-CHP | before | 2026-11-22T12:30:00Z | ID     | null  |

  Scenario: undo voids one row at a time, the newest first
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    When I run "bin/undo codex --agent ada"
    Then it prints "undone: BEFORE of codex for ada in W0-CHP, taken 2026-11-22 12:30 (ID)"
    When I run "bin/undo codex --agent ada"
    Then it prints "undone: AFTER of codex for ada in W0-CHN, taken 2026-11-22 12:30 (ID)"
    And the state of ada with codex is
      | window | phase  | captured_at          | before | after |
      | W0-CHN | before | 2026-11-22T09:00:00Z | ID     | null  |

  Scenario: Into the window with the next number
    Given Ada starts codex in W009 at 09:00 with 5h 11%, weekly 24%
    When Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    Then it prints
      """
      AFTER W009 ada codex: 5h 51%, weekly 31% (ID)
      BEFORE W010 ada codex: 5h 51%, weekly 31% (ID)
      """

  Scenario: No window follows
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%, weekly 24%
    When Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    Then it exits with 2 and says
      """
      snapshot: nothing follows W0-CHP: it has no number at its end; declare its `next`; nothing
      booked
      """
    And the journal snapshots has 1 row

  Scenario: Without a BEFORE
    When Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    Then it exits with 66 and says "no BEFORE of codex for ada in this book; nothing booked"
    And the journal snapshots has 0 rows
