Feature: Costs are those of the requests' days and prompt sizes

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*" = [
        { input = 3, output = 15, until = 2026-11-22 },
        { input = 2, output = 10, from = 2026-11-23 },
        { input = 4, output = 20, from = 2026-11-23, over = 200_000 },
      ]
      "glm-*" = { input = 1, output = 1, base_up_to = 200_000 }
      """

  Scenario: A prompt that is larger than a price is for
    Given W0-CHN has the requests
      | ts    | lane     | model   | input_tokens | output_tokens |
      | 09:00 | baseline | glm-4.6 | 200000       | 0             |
      | 09:01 | baseline | glm-4.6 | 200001       | 0             |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                      | value    |
      | totals.all.usd       | null     |
      | totals.all.usd_known | 0.400001 |
      | gaps.over_base            | 1        |

  Scenario: The day and the size of each request count, also for what it would have cost
    Given the lines
      """
      {"ts":"2026-11-22T10:00:00Z","rid":"a","lane":"baseline","model":"claude-opus-5","status":200,"input_tokens":1000,"output_tokens":100,"reason":"-","latency_ms":5}
      {"ts":"2026-11-23T10:00:00Z","rid":"a","lane":"baseline","model":"claude-opus-5","status":200,"input_tokens":1000,"output_tokens":100,"reason":"-","latency_ms":5}
      {"ts":"2026-11-23T10:00:01Z","rid":"a","lane":"baseline","model":"claude-opus-5","status":200,"input_tokens":300000,"output_tokens":100,"reason":"-","latency_ms":5}
      {"ts":"2026-11-23T10:00:02Z","rid":"a","lane":"glm","model":"glm-4.6","status":200,"input_tokens":2000,"output_tokens":0,"reason":"-","latency_ms":5}
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                          | value  |
      | features.0.baseline.usd       | 1.2095 |
      | features.0.routed.usd         | 0.002  |
      | features.0.counterfactual_usd | 0.004  |
