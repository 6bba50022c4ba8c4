Feature: The figures of the block Subagent Proxy

  Scenario: Percentiles interpolate between the two nearest requests
    Given W0-CHN has the requests
      | ts    | latency_ms |
      | 09:00 | 100        |
      | 09:01 | 200        |
      | 09:02 | 300        |
      | 09:03 | 1000       |
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON has
      | path                                     | value |
      | subagent_proxy.latency_ms.p50            | 250   |
      | subagent_proxy.latency_ms.p95            | 895   |
      | subagent_proxy.sides.routed.latency_ms.p95   | 895  |
      | subagent_proxy.sides.baseline.requests       | 0    |
      | subagent_proxy.sides.baseline.latency_ms.p50 | null |
      | subagent_proxy.sides.baseline.error_percent  | null |

  Scenario: Kinds of error, the most frequent first
    Given W0-CHN has the requests
      | ts    | status | err_type | event |
      | 09:00 | 429    |          |       |
      | 09:01 | 429    |          |       |
      | 09:02 | error  |          |       |
      | 09:03 | 0      | timeout  | error |
      | 09:04 | 200    |          |       |
    When I run "bin/preview --window W0-CHN --block proxy"
    Then it prints the lines
      """
      Errors: 429 2, error 1, timeout 1
      """

  Scenario: Each window has its own figures
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    And W0-CHP has the requests
      | ts    |
      | 10:00 |
      | 10:01 |
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 1
    When I run "bin/preview --window W0-CHP --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 2

  Scenario: Rows that another program appended are counted
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    And the folder cache of the book is gone
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 1

  Scenario: Telemetry before the first BEFORE
    Given W0-CHN has the requests
      | ts    |
      | 08:00 |
      | 10:00 |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN --block proxy"
    Then it prints the lines
      """
      Warning: telemetry from 2026-11-22 08:00 to 2026-11-22 10:00 is outside the window
      """
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.outside_span" is true
