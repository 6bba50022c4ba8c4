Feature: Requests for OpenTelemetry

  `export otlp` writes requests of agents' own logs as OTLP/JSON lines: a histogram of tokens by day
  and model, or a log record of each request.

  Background:
    Given agents used
      | agent | at               | tool   | model           | input | output | cache_read |
      | ada   | 2026-11-20 09:10 | claude | claude-opus-4-5 | 100   | 10     | 1000       |
      | ada   | 2026-11-22 09:10 | claude | glm-4.6         | 200   | 20     | 0          |

  Scenario: Metrics have a point for each day, model and kind
    When I run "bin/export otlp metrics.jsonl --format json" at 10:00
    Then the JSON has
      | path    | value      |
      | signal  | metrics    |
      | since   | 2026-11-15 |
      | until   | 2026-11-22 |
      | entries | 6          |
    And the file metrics.jsonl contains "\"name\":\"gen_ai.client.token.usage\""

  Scenario: Logs have a record for each request; input includes what a cache served
    When I run "bin/export otlp --signal logs --until 2026-11-20" at 10:00
    Then it prints a line with "{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1100"}}"
    And it prints a line with "{"key":"gen_ai.provider.name","value":{"stringValue":"anthropic"}}"
    And it prints no line with "glm-4.6"

  Scenario: A model behind a proxy has its own provider
    When I run "bin/export otlp --signal logs --since 2026-11-22" at 10:00
    Then it prints a line with "{"key":"gen_ai.provider.name","value":{"stringValue":"z_ai"}}"

  Scenario: Days that are none
    When I run "bin/export otlp --since soon" at 10:00
    Then it exits with 2
