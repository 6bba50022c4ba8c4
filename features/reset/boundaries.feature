Feature: The boundary of each reset

  Background:
    Given the windows
      | window | title           | next   |
      | W0-CHN | Automation pack | W0-CHP |
      | W0-CHP |                 | W0-CHQ |
      | W0-CHQ |                 |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo starts claude in W0-CHN at 09:30 with session 5%, week 17%

  Scenario: After the last window nothing follows
    Given Ada shows a codex pane with weekly 31%
    And Bo shows a claude pane with week 20%
    And "bin/reset --at 2026-11-23T00:06Z" was run
    And "bin/reset --at 2026-11-24T00:06Z" was run
    When I run "bin/reset" at 2026-11-25 00:06
    Then it prints
      """
      AFTER W0-CHQ ada codex: weekly 31% (ID)
      AFTER W0-CHQ bo claude: week-all-models 20% (ID)
      left alone W0-CHQ ada codex: nothing follows W0-CHQ
      left alone W0-CHQ bo claude: nothing follows W0-CHQ
      """
    When I run "bin/reset" at 2026-11-26 00:06
    Then it prints
      """
      left alone W0-CHQ ada codex: nothing follows W0-CHQ
      left alone W0-CHQ bo claude: nothing follows W0-CHQ
      """
    And nothing was written

  Scenario: A declared end is the boundary
    Given the windows
      | window | next   | ends                |
      | W0-CHN | W0-CHP | 2026-11-22T18:00:00 |
      | W0-CHP |        |                     |
    And Ada shows a codex pane with weekly 31%
    And the capture of Bo for claude is []
    When I run "bin/reset" at 18:06
    Then the journal snapshots reads
      | agent | window | phase  | boundary             |
      | ada   | W0-CHN | before |                      |
      | bo    | W0-CHN | before |                      |
      | ada   | W0-CHN | after  | 2026-11-22T18:00:00Z |
      | ada   | W0-CHP | before | 2026-11-22T18:00:00Z |
