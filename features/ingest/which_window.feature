Feature: Without --window, a row's time selects its window

  Background:
    Given the requests
      | ts               | rid        |
      | 08:59:59         | too-early  |
      | 09:00            | first      |
      | 23:59            | last       |
      | 2026-11-23 00:01 | the-next   |
      | 2026-11-25 12:00 | much-later |

  Scenario: A span is from the first BEFORE to the next reset time
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada crosses codex at 2026-11-23 00:01 with 5h 1%
    When I pipe the pane into "bin/ingest proxy-telemetry"
    Then it prints "proxy-telemetry: accepted 5, duplicates 0, rejected 0"
    And the journal proxy_telemetry has, in any order
      | rid        | window |
      | too-early  |        |
      | first      | W0-CHN |
      | last       | W0-CHN |
      | the-next   | W0-CHP |
      | much-later |        |

  Scenario: A declared end counts
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T12:00:00 |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I pipe the pane into "bin/ingest proxy-telemetry"
    Then the journal proxy_telemetry has, in any order
      | rid        | window |
      | too-early  |        |
      | first      | W0-CHN |
      | last       |        |
      | the-next   |        |
      | much-later |        |

  Scenario: Rows before any window have none
    When I pipe the pane into "bin/ingest proxy-telemetry"
    Then it prints "proxy-telemetry: accepted 5, duplicates 0, rejected 0"
    When I run "bin/preview --window W0-CHN --block proxy"
    Then it prints nothing

  Scenario: --window takes every row, and the preview shows which are outside
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then every row of the journal proxy_telemetry has the same window
    When I run "bin/preview --window W0-CHN --block proxy"
    Then it prints the lines
      """
      Warning: telemetry from 2026-11-22 08:59 to 2026-11-25 12:00 is outside the window
      """

  Scenario: An undeclared window
    When I pipe the pane into "bin/ingest proxy-telemetry --window NEW-1"
    Then it prints "proxy-telemetry: accepted 5, duplicates 0, rejected 0"
    And every row of the journal proxy_telemetry has the same window
