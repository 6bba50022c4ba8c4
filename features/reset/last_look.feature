Feature: A last look at the meters before the reset

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP | W0-CHQ |
      | W0-CHQ |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada shows a codex pane with 5h 51% resets 03:10, weekly 31%

  Scenario: It books AFTER from the old meters, and the reset keeps it
    When I run "bin/reset --last-look" at 23:40
    Then it prints "waiting W0-CHN ada codex: not due until 2026-11-22 23:46 (in 6m)"
    When I run "bin/reset --last-look" at 23:55
    Then it prints "AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)"
    When I run "bin/reset --last-look" at 23:58
    Then it prints "already booked: AFTER W0-CHN ada codex (ID)"
    And nothing was written
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      BEFORE W0-CHP ada codex: 5h 1%, weekly 31% (ID)
      already booked: AFTER W0-CHN ada codex (ID)
      """
    And the journal snapshots reads
      | window | phase  | 5h | source     | boundary             |
      | W0-CHN | before | 11 | stdin      |                      |
      | W0-CHN | after  | 51 | last-look  | 2026-11-23T00:01:00Z |
      | W0-CHP | before | 1  | auto-start | 2026-11-23T00:01:00Z |

  Scenario Outline: From the end of the window on it is too late
    When I run "bin/reset --last-look" at 2026-11-23 <time>
    Then it prints "waiting W0-CHN ada codex: its last look is over; the reset books AFTER"
    And nothing was written

    Examples:
      | time  |
      | 00:01 |
      | 00:06 |

  Scenario: AFTER was booked by hand
    Given Ada ends codex at 18:00 with 5h 40%, weekly 29%
    And Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then the journal snapshots reads
      | window | phase  | weekly | source     |
      | W0-CHN | before | 24     | stdin      |
      | W0-CHN | after  | 29     | stdin      |
      | W0-CHP | before | 31     | auto-start |
