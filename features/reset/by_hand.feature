Feature: The reset and people do not interfere with each other

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP | W0-CHQ |
      | W0-CHQ |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada shows a codex pane with weekly 31%

  Scenario Outline: Crossed by hand at <at>, the reset adds nothing
    Given Ada crosses codex at <at> with weekly 30%
    When I run "bin/reset" at 2026-11-23 00:06
    Then nothing was written

    Examples: shortly before the reset, at it and after it
      | at               |
      | 23:50            |
      | 2026-11-23 00:01 |
      | 2026-11-23 00:05 |

  Scenario: Crossed by hand just after the reset, nothing is booked twice
    Given "bin/reset --at 2026-11-23T00:06Z" was run
    When Ada crosses codex at 2026-11-23 00:07 with weekly 31%
    Then it prints
      """
      already booked: AFTER W0-CHN ada codex: weekly 31% (ID)
      already booked: BEFORE W0-CHP ada codex: weekly 31% (ID)
      """
    And it warns
      """
      snapshot: the reset has crossed into W0-CHP already; --window W0-CHP crosses out of it
      """
    And the journal snapshots has 3 rows

  Scenario: An hour later a cross is booked
    Given "bin/reset --at 2026-11-23T00:06Z" was run
    When Ada crosses codex at 2026-11-23 01:07 with weekly 32%
    Then it prints
      """
      AFTER W0-CHP ada codex: weekly 32% (ID)
      BEFORE W0-CHQ ada codex: weekly 32% (ID)
      """

  Scenario: The next window was started by hand and the old one is open
    Given Ada starts codex in W0-CHP at 2026-11-23 00:04 with weekly 30%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints the lines
      """
      AFTER W0-CHN ada codex: weekly 30% (ID)
      """
    And the journal snapshots reads
      | window | phase  | captured_at          | weekly | source     | notes                         |
      | W0-CHN | before | 2026-11-22T09:00:00Z | 24     | stdin      |                               |
      | W0-CHP | before | 2026-11-23T00:04:00Z | 30     | stdin      |                               |
      | W0-CHN | after  | 2026-11-23T00:04:00Z | 30     | auto-after | [the pane of BEFORE W0-CHP]   |
    And the state of ada with codex is
      | window | phase  | captured_at          |
      | W0-CHP | before | 2026-11-23T00:04:00Z |
    When I run "bin/reset" at 2026-11-23 00:11
    Then nothing was written

  Scenario: A better BEFORE of the open window does not move its end
    Given Ada starts codex in W0-CHN at 2026-11-23 00:03 with weekly 30%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      AFTER W0-CHN ada codex: weekly 31% (ID)
      BEFORE W0-CHP ada codex: weekly 31% (ID)
      """

  Scenario: A voided reset is booked again
    Given "bin/reset --at 2026-11-23T00:06Z" was run
    And "bin/undo codex --agent ada" was run
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints
      """
      BEFORE W0-CHP ada codex: weekly 31% (ID)
      already booked: AFTER W0-CHN ada codex (ID)
      """
