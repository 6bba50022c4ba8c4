Feature: The cost that a proxy reports

  Background:
    Given the only prices are
      """
      as_of = 2026-11-22

      [prices]
      "claude-sonnet-4-6" = { input = 3, output = 15, cache_read = 0.3, cache_write = 3.75, cache_write_1h = 6 }
      "glm-5.2"           = { input = 1.4, output = 4.4, cache_read = 0.26 }
      """
    And the lines
      """
      {"request_id":"c1","model":"claude-sonnet-4-6","custom_llm_provider":"anthropic","startTime":"2026-11-22T10:00:01Z","endTime":"2026-11-22T10:00:02Z","prompt_tokens":100000,"completion_tokens":1000,"spend":0.129,"status":"success","request_tags":["feature:login"],"metadata":{"usage_object":{"prompt_tokens_details":{"cached_tokens":80000},"cache_creation_input_tokens":10000,"cache_creation":{"ephemeral_1h_input_tokens":10000}}}}
      {"id":"c2","model":"glm-5.2","custom_llm_provider":"zai","startTime":1795341602,"endTime":1795341603,"prompt_tokens":100000,"completion_tokens":1000,"response_cost":"0.06","status":"success","request_tags":["feature:login"],"metadata":{"usage_object":{"prompt_tokens_details":{"cached_tokens":80000}}}}
      {"request_id":"c3","model":"glm-5.2","custom_llm_provider":"zai","startTime":"2026-11-22T10:00:04Z","endTime":"2026-11-22T10:00:05Z","prompt_tokens":1000,"completion_tokens":100,"spend":0,"status":"success","request_tags":["feature:login"]}
      """

  Scenario Outline: --cost decides which cost counts: <mode>
    When I pipe the pane into "bin/ingest litellm --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN --cost <mode> --format json"
    Then the JSON has
      | path                            | value          |
      | cost                            | <mode>         |
      | features.0.baseline.usd         | <baseline>     |
      | features.0.routed.usd           | <routed>       |
      | totals.routed.usd_reported      | 0.06           |
      | totals.all.usd_requests         | 3              |
      | totals.counterfactual_usd       | <instead>      |

    Examples: the proxy's cost, unless it is 0 or to be calculated
      | mode       | baseline | routed  | instead |
      | auto       | 0.129    | 0.06184 | 0.1035  |
      | calculated | 0.129    | 0.05504 | 0.1035  |
      | reported   | 0.129    | 0.06    | 0.1035  |

  Scenario: What the dollars are
    When I pipe the pane into "bin/ingest litellm --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN"
    Then it prints the lines
      """
      Spent: 0.1908 USD (baseline 0.1290 USD, routed 0.0618 USD)
      Reported by the proxy: 0.1890 USD in 3 requests; USD above are at API list prices, or as logged
      """

  Scenario: A request whose cost is logged later is the same request
    Given the lines
      """
      {"ts":"2026-11-22T10:00:00Z","rid":"r1","lane":"glm","model":"glm-5.2","status":200,"input_tokens":1000,"output_tokens":100,"reason":"policy","latency_ms":5}
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Given the lines
      """
      {"ts":"2026-11-22T10:00:00Z","rid":"r1","lane":"glm","model":"glm-5.2","status":200,"input_tokens":1000,"output_tokens":100,"reason":"policy","latency_ms":5,"usd":0.5}
      {"ts":"2026-11-22T10:00:01Z","rid":"r2","lane":"glm","model":"glm-5.2","status":200,"input_tokens":1000,"output_tokens":100,"reason":"policy","latency_ms":5,"usd":0.5}
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                   | value   |
      | totals.routed.requests | 2       |
      | totals.routed.usd      | 0.50184 |
