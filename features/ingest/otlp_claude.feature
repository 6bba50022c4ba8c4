Feature: What Claude Code sends to an OpenTelemetry collector

  Background:
    Given the file events.jsonl with
      """
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events"},"logRecords":[{"timeUnixNano":"1795338000000000000","body":{"stringValue":"claude_code.user_prompt"},"attributes":[{"key":"event.name","value":{"stringValue":"user_prompt"}},{"key":"session.id","value":{"stringValue":"s1"}},{"key":"user.email","value":{"stringValue":"ada@example.com"}},{"key":"prompt_length","value":{"intValue":"4"}}]},{"timeUnixNano":"1795338001000000000","body":{"stringValue":"claude_code.api_request"},"attributes":[{"key":"event.name","value":{"stringValue":"api_request"}},{"key":"session.id","value":{"stringValue":"s1"}},{"key":"user.email","value":{"stringValue":"ada@example.com"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"input_tokens","value":{"intValue":"100"}},{"key":"output_tokens","value":{"intValue":"20"}},{"key":"cache_read_tokens","value":{"intValue":"500"}},{"key":"cache_creation_tokens","value":{"intValue":"30"}},{"key":"cost_usd","value":{"doubleValue":0.01}},{"key":"duration_ms","value":{"intValue":"1200"}},{"key":"request_id","value":{"stringValue":"req_011A"}},{"key":"speed","value":{"stringValue":"normal"}}]}]}]}]}
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events"},"logRecords":[{"timeUnixNano":"1795338002000000000","body":{"stringValue":"claude_code.api_error"},"attributes":[{"key":"event.name","value":{"stringValue":"api_error"}},{"key":"session.id","value":{"stringValue":"s1"}},{"key":"user.email","value":{"stringValue":"ada@example.com"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"error","value":{"stringValue":"Overloaded"}},{"key":"status_code","value":{"intValue":"529"}}]},{"timeUnixNano":"1795338003000000000","body":{"stringValue":"claude_code.api_request"},"attributes":[{"key":"event.name","value":{"stringValue":"api_request"}},{"key":"session.id","value":{"stringValue":"s1"}},{"key":"user.email","value":{"stringValue":"ada@example.com"}},{"key":"model","value":{"stringValue":"claude-haiku-4-5"}},{"key":"input_tokens","value":{"intValue":"10"}},{"key":"output_tokens","value":{"intValue":"2"}},{"key":"cache_read_tokens","value":{"intValue":"0"}},{"key":"cache_creation_tokens","value":{"intValue":"0"}},{"key":"cost_usd","value":{"doubleValue":0.001}},{"key":"duration_ms","value":{"intValue":"1200"}},{"key":"request_id","value":{"stringValue":"req_011T"}},{"key":"speed","value":{"stringValue":"normal"}}]}]}]}]}
      """
    And the file .claude/projects/-srv-api/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:01.200Z","sessionId":"s1","cwd":"/srv/api","requestId":"req_011A","uuid":"u1","message":{"id":"msg_01A","model":"claude-sonnet-4-5","usage":{"input_tokens":100,"output_tokens":20,"cache_read_input_tokens":500,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20}}}}
      """

  Scenario: Each event of a request is one, as the collector's file exporter writes it
    When I run "bin/ingest claude --file events.jsonl"
    Then it prints "claude: accepted 2, repeats 0, rejected 0, ignored 2 (no requests)"
    And the journal agent_usage reads
      | ts                   | tool   | session | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd   | request_id | speed  |
      | 2026-11-22T09:00:01Z | claude | s1      | claude-sonnet-4-5 | 100          | 500               | 30                    | 20            | 0.01  | req_011A   | normal |
      | 2026-11-22T09:00:03Z | claude | s1      | claude-haiku-4-5  | 10           |                   |                       | 2             | 0.001 | req_011T   | normal |

  Scenario: A request that the transcript has as well is one, and the transcript has more facts
    Given "bin/ingest claude --file events.jsonl" was run
    When I run "bin/ingest claude"
    Then it prints "claude: accepted 0, repeats 0, upgraded 1, rejected 0"
    And row 3 of the journal agent_usage has "project" /srv/api
    And row 3 of the journal agent_usage has "cache_write_1h_tokens" 20
    When I run "bin/ingest claude --file events.jsonl"
    Then it prints "claude: accepted 0, repeats 2, rejected 0, ignored 2 (no requests)"
    And "bin/check" finds nothing

  Scenario: The order of the two does not matter
    Given "bin/ingest claude" was run
    When I run "bin/ingest claude --file events.jsonl"
    Then it prints "claude: accepted 1, repeats 1, rejected 0, ignored 2 (no requests)"
    And the journal agent_usage reads
      | request_id | project  |
      | req_011A   | /srv/api |
      | req_011T   | null     |

  Scenario: A counter of tokens with delta temporality has a row for each export
    Given the file counters.jsonl with
      """
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asDouble":0.01}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":10},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":5},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":100},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":7}]}}]}]}]}
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asDouble":0.02}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":20},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":6},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":0},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":0}]}}]}]}]}
      """
    When I run "bin/ingest claude --file counters.jsonl"
    Then it prints "claude: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  |
      | 2026-11-22T09:01:00Z | s2      | 10           | 100               | 7                     | 5             | 0.01 |
      | 2026-11-22T09:02:00Z | s2      | 20           |                   |                       | 6             | 0.02 |

  Scenario: With cumulative temporality the last export of a series counts, and a restart is another series
    Given the file counters.jsonl with
      """
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asDouble":0.01}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":10},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":5},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":100},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":7}]}}]}]}]}
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338120000000000","asDouble":0.03}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338120000000000","asInt":30},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338120000000000","asInt":11},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338120000000000","asInt":100},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338120000000000","asInt":7}]}}]}]}]}
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338300000000000","timeUnixNano":"1795338360000000000","asDouble":0.001}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338300000000000","timeUnixNano":"1795338360000000000","asInt":3},{"attributes":[{"key":"session.id","value":{"stringValue":"s2"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338300000000000","timeUnixNano":"1795338360000000000","asInt":1}]}}]}]}]}
      """
    When I run "bin/ingest claude --file counters.jsonl"
    Then the journal agent_usage reads
      | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd   |
      | 30           | 100               | 7                     | 11            | 0.03  |
      | 3            |                   |                       | 1             | 0.001 |

  Scenario: A session whose requests are booked is not booked from counters again
    Given "bin/ingest claude" was run
    And the file counters.jsonl with
      """
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asDouble":0.01}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":10},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":5},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":100},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338000000000000","timeUnixNano":"1795338060000000000","asInt":7}]}}]}]}]}
      {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"claude-code"}}]},"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[{"name":"claude_code.cost.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asDouble":0.02}]}},{"name":"claude_code.token.usage","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"input"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":20},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"output"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":6},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheRead"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":0},{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"model","value":{"stringValue":"claude-sonnet-4-5"}},{"key":"type","value":{"stringValue":"cacheCreation"}}],"startTimeUnixNano":"1795338060000000000","timeUnixNano":"1795338120000000000","asInt":0}]}}]}]}]}
      """
    When I run "bin/ingest claude --file counters.jsonl"
    Then it prints "claude: accepted 0, repeats 0, rejected 0, ignored 2 (no requests)"
    And it warns
      """
      ingest: claude: 2 not booked (requests, or sums of counters): the book has the use of their sessions from another source
      """

  Scenario: A whole export in several lines, with the names that some SDKs write
    Given the file export.json with
      """
      {
       "resource_logs": [
        {
         "resource": {
          "attributes": [
           {
            "key": "service.name",
            "value": {
             "string_value": "claude-code"
            }
           }
          ]
         },
         "scope_logs": [
          {
           "scope": {
            "name": "com.anthropic.claude_code.events"
           },
           "log_records": [
            {
             "time_unix_nano": "1795338001000000000",
             "body": {
              "string_value": "claude_code.api_request"
             },
             "attributes": [
              {
               "key": "event.name",
               "value": {
                "string_value": "api_request"
               }
              },
              {
               "key": "session.id",
               "value": {
                "string_value": "s1"
               }
              },
              {
               "key": "user.email",
               "value": {
                "string_value": "ada@example.com"
               }
              },
              {
               "key": "model",
               "value": {
                "string_value": "claude-sonnet-4-5"
               }
              },
              {
               "key": "input_tokens",
               "value": {
                "int_value": "100"
               }
              },
              {
               "key": "output_tokens",
               "value": {
                "int_value": "20"
               }
              },
              {
               "key": "cache_read_tokens",
               "value": {
                "int_value": "500"
               }
              },
              {
               "key": "cache_creation_tokens",
               "value": {
                "int_value": "30"
               }
              },
              {
               "key": "cost_usd",
               "value": {
                "double_value": 0.01
               }
              },
              {
               "key": "duration_ms",
               "value": {
                "int_value": "1200"
               }
              },
              {
               "key": "request_id",
               "value": {
                "string_value": "req_011A"
               }
              },
              {
               "key": "speed",
               "value": {
                "string_value": "normal"
               }
              }
             ]
            }
           ]
          }
         ]
        }
       ]
      }
      """
    When I run "bin/ingest claude --file export.json"
    Then it prints "claude: accepted 1, repeats 0, rejected 0"

  Scenario: The feed of spans names the records that it does not book, and who reads them
    When I run "bin/ingest otel-genai --file events.jsonl"
    Then it prints "otel-genai: accepted 0, duplicates 0, rejected 0, ignored 4 (no requests)"
    And it warns
      """
      ingest: otel-genai: no requests of this feed: claude_code.api_request with tokens (2), claude_code.api_error (1), claude_code.user_prompt (1); ingest claude --file reads those of claude
      """
