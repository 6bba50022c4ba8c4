Feature: A window that the older tracker left open

  Nobody kept this book when its resets passed, so none of them is missed; and a pane of today is no
  AFTER of long ago.

  Background:
    Given the file old/snapshots.jsonl with
      """
      {"window": "W7", "provider": "codex", "phase": "before", "captured_at": "2026-11-22T09:00:00+00:00", "raw_text": "5h limit: 11% used (resets 13:04)", "parsed": {}}
      """
    And "bin/import tracker old" was run
    And the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture = ["echo", "5h limit: 2% used (resets 05:01)"]
      """

  Scenario: A month later no reset is missed or booked
    When I run "bin/reset" at 2026-12-22 00:12
    Then it prints no line with "missed"
    And the journal resets has 0 rows
    And the journal snapshots has 1 row

  Scenario: New work names its window once
    Given a codex pane with 5h 3%
    When I pipe the pane into "bin/snapshot start codex --window W9" at 2026-12-22 09:00
    Then it prints "BEFORE W9 main codex: 5h 3% (ID)"
    And the journal resets has 0 rows

  Scenario: In time, the reset crosses it
    When I run "bin/reset" at 2026-11-23 00:12
    Then the journal snapshots reads
      | window | phase  | 5h | source     |
      | W7     | before | 11 | import     |
      | W7     | after  | 2  | auto-after |
      | W8     | before | 2  | auto-start |

  Scenario: end closes it by hand
    Given a codex pane with 5h 40%
    When I pipe the pane into "bin/snapshot end codex" at 2026-11-22 12:00
    Then it prints "AFTER W7 main codex: 5h 40% (ID)"
