Feature: An agent that was away enters the window that is open for the others

  Background:
    Given the setting timezone of windows.toml is "UTC"
    And Ada starts codex in N1 at 09:00 with weekly 10%
    And Bo starts claude in N1 at 09:00 with week 10%
    And Ada shows a codex pane with weekly 20%
    And Bo shows a claude pane with week 20%

  Scenario: The capture fails for one night
    Given "bin/reset --last-look --at 2026-11-22T23:56Z" was run
    And the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    Then it exits with 74
    Given Bo shows a claude pane with week 30%
    When I run "bin/reset" at 2026-11-24 00:06
    Then it prints
      """
      AFTER N2 ada codex: weekly 20% (ID)
      BEFORE N3 ada codex: weekly 20% (ID)
      BEFORE N3 bo claude: week-all-models 30% (ID)
      already booked: AFTER N1 bo claude (ID)
      missed: the reset of N2 at 2026-11-24 00:01 for bo claude
      """
    When I run "bin/preview --window N2 --block resets" at 2026-11-24 00:10
    Then it prints "Missed resets: 1 (2026-11-24 00:01 bo claude)"
    When I run "bin/reset" at 2026-11-24 00:11
    Then nothing was written

  Scenario: It fails for several nights, with the last look
    Given the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    And I run "bin/reset" at 2026-11-24 00:06
    Given Bo shows a claude pane with week 40%
    When I run "bin/reset" at 2026-11-25 00:06
    Then it prints
      """
      AFTER N3 ada codex: weekly 20% (ID)
      BEFORE N4 ada codex: weekly 20% (ID)
      AFTER N1 bo claude: week-all-models 40% (ID)
      BEFORE N4 bo claude: week-all-models 40% (ID)
      missed: the reset of N1 at 2026-11-23 00:01 for bo claude
      missed: the reset of N2 at 2026-11-24 00:01 for bo claude
      missed: the reset of N3 at 2026-11-25 00:01 for bo claude
      """
    And the journal resets reads
      | agent | provider | window | boundary             |
      | bo    | claude   | N1     | 2026-11-23T00:01:00Z |
      | bo    | claude   | N2     | 2026-11-24T00:01:00Z |
      | bo    | claude   | N3     | 2026-11-25T00:01:00Z |

  Scenario: A retry in the same night misses nothing
    Given the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    Given Bo shows a claude pane with week 30%
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints the lines
      """
      BEFORE N2 bo claude: week-all-models 30% (ID)
      """
    And the journal resets has 0 rows

  Scenario: In the afternoon it enters the window of the day
    Given the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    And I run "bin/reset" at 2026-11-24 00:06
    Given Bo shows a claude pane with week 40%
    When I run "bin/reset" at 2026-11-24 15:00
    Then it prints the lines
      """
      BEFORE N3 bo claude: week-all-models 40% (ID)
      """

  Scenario: An agent that books by hand comes back after three days
    Given the capture of Bo for claude is []
    When I run "bin/reset" at 2026-11-23 00:06
    And I run "bin/reset" at 2026-11-24 00:06
    And I run "bin/reset" at 2026-11-25 00:06
    When Bo starts claude at 2026-11-25 09:00 with week 40%
    Then it prints
      """
      AFTER N1 bo claude: week-all-models 40% (ID)
      BEFORE N4 bo claude: week-all-models 40% (ID)
      """
    And the journal resets has 3 rows

  Scenario: With declared ends
    Given the windows
      | window | next   | ends                |
      | N1     | P      | 2026-11-23T00:01:00 |
      | P      | Q      | 2026-11-24T00:01:00 |
      | Q      |        | 2026-11-29T00:01:00 |
    And the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    Given Bo shows a claude pane with week 40%
    When I run "bin/reset" at 2026-11-24 00:06
    Then it prints the lines
      """
      BEFORE Q ada codex: weekly 20% (ID)
      BEFORE Q bo claude: week-all-models 40% (ID)
      """

  Scenario: One of two providers fails
    Given Ada starts claude in N1 at 09:30 with week 50%
    And Ada shows a codex pane with weekly 20%
    And the capture of Bo for claude is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    Given Bo shows a claude pane with week 60%
    When I run "bin/reset" at 2026-11-24 00:06
    Then it prints the lines
      """
      BEFORE N3 ada claude: week-all-models 60% (ID)
      BEFORE N3 ada codex: weekly 20% (ID)
      BEFORE N3 bo claude: week-all-models 60% (ID)
      """

  Scenario: A window that was started early by hand
    Given Bo starts claude in N2 at 18:00 with week 15%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      AFTER N1 ada codex: weekly 20% (ID)
      BEFORE N3 ada codex: weekly 20% (ID)
      AFTER N1 bo claude: week-all-models 15% (ID)
      AFTER N2 bo claude: week-all-models 20% (ID)
      BEFORE N3 bo claude: week-all-models 20% (ID)
      """
    And the journal resets has 0 rows
