Feature: Without --window, nothing of a window that has ended is replaced

  A window without a declared end ends at 00:01.

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP | W0-CHQ |
      | W0-CHQ |        |
    And Ada starts codex in W0-CHN at 09:00 with weekly 10%

  Scenario: start in the morning after a missed reset closes the window and begins the next one
    When Ada starts codex at 2026-11-23 10:00 with weekly 30%
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 30% (ID)
      BEFORE W0-CHP ada codex: weekly 30% (ID)
      """
    And its messages are
      """
      snapshot: W0-CHN ended at 2026-11-23 00:01, so this begins W0-CHP; its pane is also the AFTER of W0-CHN
      snapshot: recorded as missed: the reset of W0-CHN at 2026-11-23 00:01
      """
    And the journal snapshots reads
      | window | phase  | weekly | source     | boundary             | notes                       |
      | W0-CHN | before | 10     | stdin      |                      |                             |
      | W0-CHN | after  | 30     | auto-after | 2026-11-23T00:01:00Z | [the pane of BEFORE W0-CHP] |
      | W0-CHP | before | 30     | stdin      |                      |                             |
    When Ada starts codex at 2026-11-23 10:00 with weekly 30%
    Then it prints "already booked: BEFORE W0-CHP ada codex: weekly 30% (ID)"
    When I run "bin/reset" at 2026-11-23 10:10
    Then nothing was written

  Scenario: After several missed resets, too
    When Ada starts codex at 2026-11-25 10:00 with weekly 30%
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 30% (ID)
      BEFORE W0-CHP ada codex: weekly 30% (ID)
      """
    And the journal resets has 3 rows

  Scenario: Windows that ended before anybody used them are skipped
    Given the windows
      | window | next   | ends                |
      | W0-CHN | W0-CHP |                     |
      | W0-CHP | W0-CHQ | 2026-11-24T00:01:00 |
      | W0-CHQ |        |                     |
    When Ada starts codex at 2026-11-24 10:00 with weekly 30%
    Then it prints the lines
      """
      BEFORE W0-CHQ ada codex: weekly 30% (ID)
      """

  Scenario: start just before the reset begins the next window
    When Ada starts codex at 23:50 with weekly 30%
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 30% (ID)
      BEFORE W0-CHP ada codex: weekly 30% (ID)
      """
    And it warns
      """
      snapshot: W0-CHN ends at 2026-11-23 00:01, so this begins W0-CHP; its pane is also the AFTER of
      W0-CHN
      """
    Given Ada shows a codex pane with weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then nothing was written

  Scenario: end closes the window that has ended
    When Ada ends codex at 2026-11-23 10:00 with weekly 30%
    Then it prints "AFTER W0-CHN ada codex: weekly 30% (ID)"
    When Ada ends codex at 2026-11-23 11:00 with weekly 32%
    Then it exits with 66 and says
      """
      snapshot: W0-CHN has ended and has its AFTER; nothing booked
      (snapshot start codex begins a window)
      """
    When Ada starts codex at 2026-11-23 11:00 with weekly 32%
    Then it prints "BEFORE W0-CHP ada codex: weekly 32% (ID)"

  Scenario: cross closes it, and begins the window that is open now
    Given Bo starts codex in W0-CHN at 09:00 with weekly 10%
    And Bo crosses codex at 2026-11-23 00:10 with weekly 12%
    And Bo crosses codex at 2026-11-24 00:10 with weekly 14%
    When Ada crosses codex at 2026-11-24 10:00 with weekly 30%
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 30% (ID)
      BEFORE W0-CHQ ada codex: weekly 30% (ID)
      """
    When Ada crosses codex at 2026-11-24 10:00 with weekly 30%
    Then it prints
      """
      already booked: AFTER W0-CHN ada codex: weekly 30% (ID)
      already booked: BEFORE W0-CHQ ada codex: weekly 30% (ID)
      """

  Scenario: --window does what it says, with a note
    When Ada starts codex in W0-CHN at 2026-11-23 10:00 with weekly 30%
    Then it prints "BEFORE W0-CHN ada codex: weekly 30% (ID)"
    And its messages are
      """
      snapshot: W0-CHN has ended: this replaces its BEFORE from 2026-11-22 09:00; undo codex takes it back
      snapshot: recorded as missed: the reset of W0-CHN at 2026-11-23 00:01
      """
    When I run "bin/undo codex --agent ada" at 2026-11-23 10:01
    And I run "bin/preview --window W0-CHN --format json" at 2026-11-23 10:02
    Then the JSON rows at "meters" are
      | meter  | before |
      | weekly | 10     |

  Scenario: An AFTER of --window replaces that of the reset, with a note
    Given Ada shows a codex pane with weekly 30%
    And "bin/reset --at 2026-11-23T00:06Z" was run
    When Ada ends codex in W0-CHN at 2026-11-23 10:00 with weekly 33%
    Then it warns
      """
      snapshot: W0-CHN has ended: this replaces its AFTER from 2026-11-23 00:06; undo codex takes it back
      """

  Scenario: A back-fill belongs to the window that was open then
    Given Ada shows a codex pane with weekly 30%
    And "bin/reset --at 2026-11-23T00:06Z" was run
    When Ada ends codex at 22:00 with weekly 28%
    Then it prints "AFTER W0-CHN ada codex: weekly 28% (ID)"
    When Ada starts codex at 12:00 with weekly 15%
    Then it exits with 2 and says
      """
      snapshot: W0-CHN has ended, and its BEFORE from 2026-11-22 09:00 stays; nothing booked
      (--window W0-CHN replaces it)
      """
    And the state of ada with codex is
      | window | phase  | captured_at          |
      | W0-CHP | before | 2026-11-23T00:06:00Z |

  Scenario: A back-fill from before the window began is refused
    When Ada ends codex at 2026-11-21 20:00 with weekly 5%
    Then it exits with 66 and says
      """
      snapshot: no BEFORE of codex for ada is as old as this pane; nothing booked
      (--window names its window)
      """
    When Ada crosses codex in W0-CHN at 2026-11-21 20:00 with weekly 5%
    Then it exits with 2 and says
      """
      snapshot: W0-CHN began at 2026-11-22 09:00, after this pane; nothing booked
      """
    When Bo starts codex at 2026-11-21 20:00 with weekly 5%
    Then it exits with 2 and says
      """
      snapshot: W0-CHN began at 2026-11-22 09:00, at least one reset after this BEFORE; nothing booked
      (--window W0-CHN books it)
      """
    And the journal snapshots has 1 row
    When Bo starts codex in W0-CHN at 2026-11-21 20:00 with weekly 5%
    Then it warns
      """
      snapshot: W0-CHN began at 2026-11-22 09:00, at least one reset after this BEFORE, so it ends
      earlier now; undo codex takes it back
      """
