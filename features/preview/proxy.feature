Feature: The block Subagent Proxy

  Scenario: The sample
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

  Scenario: It follows the meters in the whole preview
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

  Scenario: A window without telemetry has no such block
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN"
    Then it prints no line with "Subagent Proxy"
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy" is null

  Scenario: Markdown
    Given W0-CHN has the requests
      | ts    |
      | 09:00 |
    When I run "bin/preview --window W0-CHN --block proxy --format markdown"
    Then it prints the lines
      """
      ### Subagent Proxy
      | glm | 1 | 1,000 | 100 |
      """
