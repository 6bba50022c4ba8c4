Feature: Resets that were not missed

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with weekly 24%
    And Ada shows a codex pane with weekly 31%

  Scenario: Up to missed_after late is in time
    When I run "bin/reset" at 2026-11-23 01:01
    Then the journal resets has 0 rows
    And the journal snapshots has 3 rows

  Scenario: Without a missed reset the preview shows nothing
    When I run "bin/preview --window W0-CHN --block resets" at 2026-11-23 00:30
    Then it prints nothing

  Scenario: A window without snapshots is skipped
    Given the windows
      | window | next   | ends                |
      | W0-CHN | W0-CHP | 2026-11-23T00:01:00 |
      | W0-CHP | W0-CHQ | 2026-11-24T00:01:00 |
      | W0-CHQ |        | 2026-11-27T00:01:00 |
    When I run "bin/reset" at 2026-11-25 08:00
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 31% (ID)
      BEFORE W0-CHQ ada codex: weekly 31% (ID)
      missed: the reset of W0-CHN at 2026-11-23 00:01
      missed: the reset of W0-CHP at 2026-11-24 00:01
      """

  Scenario: A window that was closed by hand
    Given Ada ends codex at 18:00 with weekly 29%
    When Ada starts codex at 2026-11-25 09:00 with weekly 33%
    Then it prints "BEFORE W0-CHP ada codex: weekly 33% (ID)"
    And the journal resets has 0 rows
