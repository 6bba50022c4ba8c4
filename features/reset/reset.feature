Feature: reset closes each window and starts the next for every agent

  Cron runs the reset at 00:06, 00:11 and 00:16. A window without a declared end ends at 00:01.

  Background:
    Given the windows
      | window | title           | next   |
      | W0-CHN | Automation pack | W0-CHP |
      | W0-CHP |                 | W0-CHQ |
      | W0-CHQ |                 |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo starts claude in W0-CHN at 09:30 with session 5%, week 17%

  Scenario: At 00:06
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    And Bo shows a claude pane with session 0% resets 5am (UTC), week 20%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 1%, weekly 31% (ID)
      BEFORE W0-CHP ada codex: 5h 1%, weekly 31% (ID)
      AFTER W0-CHN bo claude: session 0%, week-all-models 20% (ID)
      BEFORE W0-CHP bo claude: session 0%, week-all-models 20% (ID)
      """
    And it prints no message
    And the journal snapshots reads
      | agent | window | phase  | captured_at          | source     | boundary             |
      | ada   | W0-CHN | before | 2026-11-22T09:00:00Z | stdin      |                      |
      | bo    | W0-CHN | before | 2026-11-22T09:30:00Z | stdin      |                      |
      | ada   | W0-CHN | after  | 2026-11-23T00:06:00Z | auto-after | 2026-11-23T00:01:00Z |
      | ada   | W0-CHP | before | 2026-11-23T00:06:00Z | auto-start | 2026-11-23T00:01:00Z |
      | bo    | W0-CHN | after  | 2026-11-23T00:06:00Z | auto-after | 2026-11-23T00:01:00Z |
      | bo    | W0-CHP | before | 2026-11-23T00:06:00Z | auto-start | 2026-11-23T00:01:00Z |
    And the state of ada with codex is
      | window | phase  | captured_at          | before | after |
      | W0-CHP | before | 2026-11-23T00:06:00Z | ID     | null  |
    And the book keeps 6 raw panes
    And the journal resets has 0 rows
    When I run "bin/preview --window W0-CHN --format json" at 2026-11-23 00:10
    Then the JSON rows at "meters" are
      | agent | meter           | before | after | delta | delta_min | delta_max | resets |
      | ada   | 5h              | 11     | 1     | null  | 1         | 290       | 3      |
      | ada   | weekly          | 24     | 31    | 7     | 7         | 7         | 0      |
      | bo    | session         | 5      | 0     | null  | 0         | 295       | 3      |
      | bo    | week-all-models | 17     | 20    | 3     | 3         | 3         | 0      |

  Scenario: At 00:11 and 00:16 there is nothing left to do
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    And Bo shows a claude pane with session 0% resets 5am (UTC), week 20%
    And "bin/reset --at 2026-11-23T00:06Z" was run
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints
      """
      already booked: BEFORE W0-CHP ada codex (ID)
      already booked: BEFORE W0-CHP bo claude (ID)
      waiting W0-CHP ada codex: not due until 2026-11-24 00:01 (in 23h 50m)
      waiting W0-CHP bo claude: not due until 2026-11-24 00:01 (in 23h 50m)
      """
    And nothing was written

  Scenario: A dry run captures and books nothing
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    And Bo shows a claude pane with session 0% resets 5am (UTC), week 20%
    When I run "bin/reset --dry-run" at 2026-11-23 00:06
    Then it prints
      """
      would book: AFTER W0-CHN ada codex: 5h 1%, weekly 31% (ID)
      would book: BEFORE W0-CHP ada codex: 5h 1%, weekly 31% (ID)
      would book: AFTER W0-CHN bo claude: session 0%, week-all-models 20% (ID)
      would book: BEFORE W0-CHP bo claude: session 0%, week-all-models 20% (ID)
      """
    And nothing was written

  Scenario: In the afternoon nothing is due
    Given Ada shows a codex pane with weekly 31%
    When I run "bin/reset" at 15:00
    Then it prints
      """
      waiting W0-CHN ada codex: not due until 2026-11-23 00:01 (in 9h 1m)
      waiting W0-CHN bo claude: not due until 2026-11-23 00:01 (in 9h 1m)
      """
    And nothing was written
