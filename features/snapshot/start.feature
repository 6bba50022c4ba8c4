Feature: start books BEFORE from a pane

  Background:
    Given the windows
      | window | title           | next   |
      | W0-CHN | Automation pack | W0-CHP |
      | W0-CHP |                 |        |
    And the pane
      """
      ╭────────────────────────────────────────────────────────────╮
      │  >_ OpenAI Codex (v0.98.0)                                 │
      │                                                            │
      │  Account:          ada@example.com (Plus)                  │
      │  Context window:   98% left (12K used / 272K)              │
      │  5h limit:         [█░░░░░░░░░] 11% used (resets 13:10)    │
      │  Weekly limit:     [██░░░░░░░░] 76% left                   │
      │                    (resets 07:30 on 26 Nov)                │
      ╰────────────────────────────────────────────────────────────╯
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada --stdin" at 09:00

  Scenario: BEFORE
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24%, context 12,000 (ID)"
    And it prints no message
    And the journal snapshots reads
      | agent | window | provider | phase  | captured_at          | 5h | weekly | plan | source | errors |
      | ada   | W0-CHN | codex    | before | 2026-11-22T09:00:00Z | 11 | 24     | Plus | stdin  |        |

  Scenario: undo
    When I run "bin/undo codex --agent ada"
    Then it prints "undone: BEFORE of codex for ada in W0-CHN, taken 2026-11-22 09:00 (ID)"
    And there is no state of ada with codex
