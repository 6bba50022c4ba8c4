Feature: The reset before the end of a window

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP | W0-CHQ |
      | W0-CHQ |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada shows a codex pane with 5h 51% resets 03:10, weekly 31%

  Scenario: At 23:59 nothing is due
    When I run "bin/reset" at 23:59
    Then it prints "waiting W0-CHN ada codex: not due until 2026-11-23 00:01 (in 2m)"
    And nothing was written

  Scenario: --force at 23:59 leaves nothing for 00:06
    When I run "bin/reset --force" at 23:59
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)
      BEFORE W0-CHP ada codex: 5h 51%, weekly 31% (ID)
      """
    And the journal snapshots reads
      | window | phase  | captured_at          | boundary             | notes                     |
      | W0-CHN | before | 2026-11-22T09:00:00Z |                      |                           |
      | W0-CHN | after  | 2026-11-22T23:59:00Z | 2026-11-23T00:01:00Z | [forced before the reset] |
      | W0-CHP | before | 2026-11-22T23:59:00Z | 2026-11-23T00:01:00Z | [forced before the reset] |
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      already booked: BEFORE W0-CHP ada codex (ID)
      waiting W0-CHP ada codex: not due until 2026-11-24 00:01 (in 23h 55m)
      """
    And nothing was written
    When I run "bin/reset --force" at 2026-11-23 00:11
    Then nothing was written

  Scenario: --force hours before the end crosses once
    Given "bin/reset --force --at 2026-11-22T19:00Z" was run
    When I run "bin/reset --force" at 19:05
    Then nothing was written
    When I run "bin/reset" at 2026-11-23 00:06
    Then nothing was written
    When I run "bin/preview --format json" at 2026-11-23 00:06
    Then the JSON has
      | path      | value                |
      | window    | W0-CHP               |
      | starts_at | 2026-11-22T19:00:00Z |
      | ends_at   | 2026-11-24T00:01:00Z |
