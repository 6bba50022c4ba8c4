Feature: The states of a window in the preview

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges |        |

  Scenario: A declared window that has not begun
    When I run "bin/preview --window W0-CHP"
    Then it prints the lines
      """
      W0-CHP  Provider bridges  [planned]
      Budget: no plan, used 0 (no requests are booked; run ingest)
      Anomalies: 0
      """
    And nothing was created

  Scenario: An open window shows its remaining time
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN --block window" at 13:00
    Then it prints
      """
      W0-CHN  Automation pack  [open]
      from 2026-11-22 09:00, to 2026-11-23 00:01 (in 11h 1m), next W0-CHP
      """

  Scenario: A window is done when every BEFORE has its AFTER
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is open
    Given Bo ends codex in W0-CHN at 12:40 with 5h 80%
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is done
