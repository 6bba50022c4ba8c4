Feature: A pane that cannot be used yet is pending

  Vendors' panes lag, or lack their numbers while they load. Nothing is booked from such a pane; the
  next run completes it.

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP | W0-CHQ |
      | W0-CHQ |        |
    And Ada starts codex in W0-CHN at 20:00 with 5h 11% resets 00:01, weekly 24%

  Scenario: Stale at 00:01 and 00:06, booked at 00:11
    Given Ada shows a codex pane with 5h 51% resets 00:01, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:01
    Then it prints
      """
      pending W0-CHN ada codex: panes lag: within 5m of the reset; run it again from 00:06 on
      """
    And nothing was written
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      pending W0-CHN ada codex: the reset of 5h has not moved on in its pane; run it again in some minutes
      """
    And nothing was written
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 1%, weekly 31% (ID)
      BEFORE W0-CHP ada codex: 5h 1%, weekly 31% (ID)
      """
    And it prints no message

  Scenario: Pending is not a failure
    Given Ada shows a codex pane with 5h 51% resets 00:01
    When I run "bin/reset --format json" at 2026-11-23 00:03
    Then the JSON has
      | path               | value                            |
      | status             | pending                          |
      | booked             |                                  |
      | pending.0.agent    | ada                              |
      | pending.0.status   | pending                          |
      | pending.0.boundary | 2026-11-23T00:01:00Z             |
      | pending.0.retry_at | 2026-11-23T00:06:00Z             |

  Scenario: --force books it
    Given Ada shows a codex pane with 5h 51% resets 00:01
    When I run "bin/reset --force" at 2026-11-23 00:03
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 51% [stale] (ID)
      BEFORE W0-CHP ada codex: 5h 51% [stale] (ID)
      """
    And the journal snapshots reads
      | phase  | notes                                       |
      | before |                                             |
      | after  | [forced: panes lag: within 5m of the reset] |
      | before | [forced: panes lag: within 5m of the reset] |

  Scenario: A stale pane of one agent does not delay the others
    Given Bo starts codex in W0-CHN at 20:00 with 5h 3% resets 00:01
    And Ada shows a codex pane with 5h 51% resets 00:01
    And Bo shows a codex pane with 5h 1% resets 05:02
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      AFTER W0-CHN bo codex: 5h 1% (ID)
      BEFORE W0-CHP bo codex: 5h 1% (ID)
      pending W0-CHN ada codex: the reset of 5h has not moved on in its pane; run it again in some minutes
      """

  Scenario: A pane without its numbers is pending until a retry shows them
    Given Ada shows a codex pane with 5h - resets 05:02, weekly -
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      pending W0-CHN ada codex: its pane shows no number for 5h, weekly; run it again in some minutes
      """
    And nothing was written
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 1%, weekly 31% (ID)
      BEFORE W0-CHP ada codex: 5h 1%, weekly 31% (ID)
      """

  Scenario: A pane without any number is not booked later either, except with --force
    Given Ada shows a codex pane with 5h - resets 11:10, weekly -
    When I run "bin/reset" at 2026-11-23 08:00
    Then it prints the lines
      """
      pending W0-CHN ada codex: its pane shows no number for 5h, weekly; run it again in some minutes
      """
    And the journal snapshots has 1 row
    When I run "bin/reset --force" at 2026-11-23 08:01
    Then the journal snapshots reads
      | phase  | weekly | notes                                                |
      | before | 24     |                                                      |
      | after  | null   | [forced: its pane shows no number for 5h, weekly]    |
      | before | null   | [forced: its pane shows no number for 5h, weekly]    |

  Scenario: If one number is missing, the last retry books the others
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly -
    When I run "bin/reset" at 2026-11-23 00:16
    Then it prints
      """
      pending W0-CHN ada codex: its pane shows no number for weekly, within 1h of the reset; run it again in some minutes
      """
    And nothing was written
    When I run "bin/reset" at 2026-11-23 01:06
    Then it prints the lines
      """
      AFTER W0-CHN ada codex: 5h 1%, weekly - [insufficient-data:weekly] (ID)
      BEFORE W0-CHP ada codex: 5h 1%, weekly - [insufficient-data:weekly] (ID)
      """
    When I run "bin/reset" at 2026-11-24 00:06
    Then it prints the lines
      """
      BEFORE W0-CHQ ada codex: 5h 1%, weekly - [insufficient-data:weekly] (ID)
      """

  Scenario: A meter that never had a number delays nothing
    Given Bo starts codex in W0-CHN at 20:00 with 5h 3% resets 00:01, weekly -
    And Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    And Bo shows a codex pane with 5h 1% resets 05:02, weekly -
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints the lines
      """
      BEFORE W0-CHP bo codex: 5h 1%, weekly - [insufficient-data:weekly] (ID)
      """
