Feature: Without --window, a request belongs to the window of its time

  Background:
    Given the requests
      | ts               | rid        |
      | 08:59:59         | too-early  |
      | 09:00            | first      |
      | 23:59            | last       |
      | 2026-11-23 00:01 | the-next   |
      | 2026-11-25 12:00 | much-later |

  Scenario: A window is from its first BEFORE to the next reset time
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada crosses codex at 2026-11-23 00:01 with 5h 1%
    When I pipe the pane into "bin/ingest proxy-telemetry"
    Then it prints "proxy-telemetry: accepted 5, duplicates 0, rejected 0"
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 2
    When I run "bin/preview --window W0-CHP --format json"
    Then the JSON value at "subagent_proxy.requests" is 1

  Scenario: A declared end counts
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T12:00:00 |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 1

  Scenario: Requests before any window have none
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
