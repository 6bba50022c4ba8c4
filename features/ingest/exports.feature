Feature: Exports of proxies are read as JSON lines, documents or tables

  Scenario: A page of an API's answer, in several lines
    Given the file page.json with
      """
      {
        "data": [
          {"id": "o1", "type": "GENERATION", "startTime": "2026-11-22T09:00:00Z", "latency": 1.5, "model": "glm-4.6", "usageDetails": {"input": 100, "output": 20}},
          {"id": "o2", "type": "SPAN", "startTime": "2026-11-22T09:00:00Z"},
          {"id": "o3", "type": "GENERATION", "startTime": "2026-11-22T09:00:00Z"}
        ],
        "meta": {"page": 1}
      }
      """
    When I run "bin/ingest langfuse --file page.json"
    Then it prints "langfuse: accepted 1, duplicates 0, rejected 1, ignored 1 (no requests)"
    And the journal proxy_telemetry reads
      | ts                   | rid | model   | input_tokens | output_tokens | latency_ms | routed |
      | 2026-11-22T09:00:00Z | o1  | glm-4.6 | 100          | 20            | 1500     | true   |

  Scenario: A table, of which a cell has lines
    Given the file table.csv with
      """
      id,startTime,model,promptTokens,completionTokens,totalCost,level,input
      o1,2026-11-22T09:00:00Z,gpt-5,100,20,0.5,DEFAULT,"two

      lines"
      o2,2026-11-22T09:01:00Z,gpt-5,200,30,0.25,DEFAULT,one
      """
    When I run "bin/ingest langfuse --file table.csv"
    Then it prints "langfuse: accepted 2, duplicates 0, rejected 0"
    And the journal proxy_telemetry reads
      | rid | input_tokens | output_tokens | usd  |
      | o1  | 100          | 20            | 0.5  |
      | o2  | 200          | 30            | 0.25 |

  Scenario: An empty id identifies no request
    Given the file rows.jsonl with
      """
      {"request_id":"","model":"m","startTime":"2026-11-22T09:00:00Z","prompt_tokens":1,"completion_tokens":2}
      {"request_id":"","model":"m","startTime":"2026-11-22T09:00:05Z","prompt_tokens":1,"completion_tokens":2}
      """
    When I run "bin/ingest litellm --file rows.jsonl"
    Then it prints "litellm: accepted 2, duplicates 0, rejected 0"
    Given the folder cache of the book is gone
    When I run "bin/ingest litellm --file rows.jsonl"
    Then it prints "litellm: accepted 0, duplicates 2, rejected 0"

  Scenario: A line that is no JSON is rejected with its number, and the others are booked
    Given the file rows.jsonl with
      """
      {"request_id":"a","model":"m","startTime":"2026-11-22T09:00:00Z","prompt_tokens":1,"completion_tokens":2}

      {"request_id":"b","mod
      [{"request_id":"c","model":"m","startTime":"2026-11-22T09:00:00Z","prompt_tokens":1,"completion_tokens":2}]
      """
    When I run "bin/ingest litellm --file rows.jsonl"
    Then it prints "litellm: accepted 2, duplicates 0, rejected 1"
    And row 1 of the journal rejects/litellm has "line" 3

  Scenario: Spans and log records of OpenTelemetry, older and newer names, and a request that both have
    Given the file spans.jsonl with
      """
      {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t","spanId":"s1","name":"chat glm-4.6","startTimeUnixNano":"1795338000000000000","endTimeUnixNano":"1795338001000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"glm-4.6"}},{"key":"gen_ai.usage.prompt_tokens","value":{"intValue":"100"}},{"key":"gen_ai.usage.completion_tokens","value":{"intValue":"20"}},{"key":"gen_ai.usage.cache_write.input_tokens","value":{"intValue":"30"}}]}]}]}]}
      {"resource_logs":[{"scope_logs":[{"log_records":[{"time_unix_nano":"1795338000000000000","trace_id":"t","span_id":"s1","event_name":"gen_ai.client.inference.operation.details","attributes":[{"key":"gen_ai.operation.name","value":{"string_value":"chat"}},{"key":"gen_ai.request.model","value":{"string_value":"glm-4.6"}},{"key":"gen_ai.usage.input_tokens","value":{"int_value":"100"}}]}]}]}]}
      {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"gen_ai.client.token.usage","histogram":{"aggregationTemporality":2,"dataPoints":[{"timeUnixNano":"1795338001000000000","count":"2","sum":120,"attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"input"}}]}]}}]}]}]}
      """
    When I run "bin/ingest otel-genai --file spans.jsonl"
    Then it prints "otel-genai: accepted 1, duplicates 1, rejected 0, ignored 1 (no requests)"
    And it warns
      """
      ingest: otel-genai: no requests of this feed: metric gen_ai.client.token.usage with tokens (1)
      """
    And the journal proxy_telemetry reads
      | rid  | model   | input_tokens | output_tokens | cache_write_tokens | latency_ms |
      | t-s1 | glm-4.6 | 100          | 20            | 30                 | 1000       |
