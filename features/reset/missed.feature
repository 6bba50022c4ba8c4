Feature: Missed resets are recorded, and nothing is invented

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with weekly 24%
    And Ada shows a codex pane with weekly 31%

  Scenario: The reset runs at 08:00 instead of 00:06
    When I run "bin/reset" at 2026-11-23 08:00
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 31% (ID)
      BEFORE W0-CHP ada codex: weekly 31% (ID)
      missed: the reset of W0-CHN at 2026-11-23 00:01
      """
    And the journal snapshots reads
      | window | phase  | captured_at          | boundary             |
      | W0-CHN | before | 2026-11-22T09:00:00Z |                      |
      | W0-CHN | after  | 2026-11-23T08:00:00Z | 2026-11-23T00:01:00Z |
      | W0-CHP | before | 2026-11-23T08:00:00Z | 2026-11-23T00:01:00Z |
    And the journal resets reads
      | window | status | boundary             | found_at             |
      | W0-CHN | missed | 2026-11-23T00:01:00Z | 2026-11-23T08:00:00Z |
    When I run "bin/preview --window W0-CHN --block resets" at 2026-11-23 08:01
    Then it prints "Missed resets: 1 (2026-11-23 00:01)"
    When I run "bin/reset" at 2026-11-23 08:05
    Then nothing was written

  Scenario: Switched off for three nights
    When I run "bin/reset" at 2026-11-25 08:00
    Then the journal snapshots has 3 rows
    And the journal resets reads
      | window | boundary             |
      | W0-CHN | 2026-11-23T00:01:00Z |
      | W0-CHN | 2026-11-24T00:01:00Z |
      | W0-CHN | 2026-11-25T00:01:00Z |

  Scenario: The next command that books records it once
    When Bo starts claude in W0-CHP at 2026-11-23 08:00 with week 17%
    Then it warns
      """
      snapshot: recorded as missed: the reset of W0-CHN at 2026-11-23 00:01
      """
    And the journal resets has 1 row
    When I run "bin/finalize --window W0-CHN" at 2026-11-23 08:30
    Then the journal resets has 1 row
    When I run "bin/reset" at 2026-11-23 09:00
    Then the journal resets has 1 row
    And the journal snapshots has 4 rows

  Scenario: Until then the preview shows it and writes nothing
    When I run "bin/preview --window W0-CHN --block resets --format json" at 2026-11-23 08:00
    Then the JSON rows at "missed_resets" are
      | boundary             |
      | 2026-11-23T00:01:00Z |
    And nothing was written
