Feature: end books AFTER from a pane

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%

  Scenario: AFTER of the open window
    When Ada ends codex at 12:30 with 5h 51%, weekly 31%
    Then it prints "AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)"
    And the journal snapshots reads
      | agent | window | phase  | 5h | weekly |
      | ada   | W0-CHN | before | 11 | 24     |
      | ada   | W0-CHN | after  | 51 | 31     |
    And the state of ada with codex is
      | window | phase | captured_at          | before | after |
      | W0-CHN | after | 2026-11-22T12:30:00Z | ID     | ID    |

  Scenario: undo
    Given Ada ends codex at 12:30 with 5h 51%, weekly 31%
    When I run "bin/undo codex --agent ada"
    Then it prints "undone: AFTER of codex for ada in W0-CHN, taken 2026-11-22 12:30 (ID)"
    And the state of ada with codex is
      | window | phase  | captured_at          | before | after |
      | W0-CHN | before | 2026-11-22T09:00:00Z | ID     | null  |

  Scenario: A second AFTER replaces the first
    Given Ada ends codex at 12:30 with 5h 51%, weekly 31%
    When Ada ends codex at 12:45 with 5h 53%, weekly 32%
    And I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON rows at "meters" are
      | meter  | before | after | delta |
      | 5h     | 11     | 53    | 42    |
      | weekly | 24     | 32    | 8     |
