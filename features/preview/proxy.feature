Feature: the block Subagent Proxy of a preview

  Scenario: the sample
    Given the lines of samples/telemetry/usage.jsonl
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/preview --window W0-CHN --block proxy"
    Then it prints
      """
      Subagent Proxy
                  requests  share  p50 ms  p95 ms  errors  error rate
        all              8   100%   7,300  11,223       1       12.5%
        routed           4    50%   7,520  11,529       1         25%
        baseline         4    50%   6,840   9,576       0          0%
        lane      requests  tokens in  tokens out
        baseline         4     55,960       5,340
        glm              4     55,855       4,640
      Errors: error 1
      """
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON has
      | path                                     | value  |
      | subagent_proxy.requests                  | 8      |
      | subagent_proxy.routed                    | 4      |
      | subagent_proxy.routed_percent            | 50     |
      | subagent_proxy.latency_ms.p50            | 7300   |
      | subagent_proxy.latency_ms.p95            | 11223  |
      | subagent_proxy.errors                    | 1      |
      | subagent_proxy.error_percent             | 12.5   |
      | subagent_proxy.outside_span              | false  |

  Scenario: in the whole preview it stands after the meters
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN"
    Then it prints the lines
      """
      Meters
      Subagent Proxy
      Snapshots
      """

  Scenario: percentiles interpolate between the two nearest requests
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

  Scenario: kinds of error, the most frequent first
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

  Scenario: a window without telemetry has no such block
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN"
    Then it prints no line with "Subagent Proxy"
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy" is null

  Scenario: each window has its own
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

  Scenario: rows that another writer appended, and rows of an ingest whose cache is gone, are seen
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    And the folder cache of the book is gone
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 1

  Scenario: telemetry before the first BEFORE
    Given W0-CHN has the requests
      | ts    |
      | 08:00 |
      | 10:00 |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN --block proxy"
    Then it prints the lines
      """
      Warning: telemetry from 2026-11-22 08:00 to 2026-11-22 10:00 lies outside the window
      """
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.outside_span" is true

  Scenario: markdown
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    When I run "bin/preview --window W0-CHN --block proxy --format markdown"
    Then it prints the lines
      """
      ### Subagent Proxy
      | glm | 1 | 1,000 | 100 |
      """
