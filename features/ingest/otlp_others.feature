Feature: What other agents write for OpenTelemetry

  Scenario: Gemini CLI writes records in several lines, and the chat has the same request
    Given the file telemetry.log with
      """
      {
        "hrTime": [
          1795338002,
          0
        ],
        "resource": {
          "attributes": {
            "service.name": "gemini-cli"
          }
        },
        "attributes": {
          "session.id": "aaaa0001",
          "event.name": "gemini_cli.api_response",
          "event.timestamp": "2026-11-22T09:00:02.000Z",
          "model": "gemini-2.5-pro",
          "input_token_count": 1000,
          "output_token_count": 30,
          "cached_content_token_count": 800,
          "thoughts_token_count": 20,
          "tool_token_count": 50,
          "total_token_count": 1100
        },
        "_body": "API response from gemini-2.5-pro. Status: 200. Duration: 900ms."
      }
      {
        "hrTime": [
          1795338003,
          0
        ],
        "attributes": {
          "event.name": "gemini_cli.tool_call"
        },
        "_body": "Tool call."
      }
      """
    And the file .gemini/tmp/api/chats/session-1.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f","kind":"main"}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.100Z","type":"gemini","model":"gemini-2.5-pro","tokens":{"input":1000,"output":30,"cached":800,"thoughts":20,"tool":50,"total":1100}}
      """
    When I run "bin/ingest gemini --file telemetry.log"
    Then it prints "gemini: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | session  | model          | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens |
      | 2026-11-22T09:00:02Z | aaaa0001 | gemini-2.5-pro | 250          | 800               | 50            | 20               |
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 0, repeats 0, upgraded 1, rejected 0"

  Scenario: Qwen Code's responses have ids
    Given the file otlp.jsonl with
      """
      {"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795338002000000000","attributes":[{"key":"event.name","value":{"stringValue":"qwen-code.api_response"}},{"key":"session.id","value":{"stringValue":"q1"}},{"key":"response_id","value":{"stringValue":"chatcmpl-9"}},{"key":"model","value":{"stringValue":"qwen3-coder"}},{"key":"input_token_count","value":{"intValue":"100"}},{"key":"cached_content_token_count","value":{"intValue":"40"}},{"key":"output_token_count","value":{"intValue":"10"}},{"key":"total_token_count","value":{"intValue":"110"}}]}]}]}]}
      """
    When I run "bin/ingest qwen --file otlp.jsonl"
    Then the journal agent_usage reads
      | session | model       | input_tokens | cache_read_tokens | output_tokens | request_id |
      | q1      | qwen3-coder | 60           | 40                | 10            | chatcmpl-9 |

  Scenario: Copilot CLI's spans of requests count, those of agents repeat them
    Given the file .copilot/otel/spans.jsonl with
      """
      {"type":"span","traceId":"t","spanId":"s1","name":"chat claude-sonnet-4.5","kind":2,"startTime":[1795338002,0],"endTime":[1795338003,0],"attributes":{"gen_ai.operation.name":"chat","gen_ai.conversation.id":"c1","gen_ai.response.id":"r1","gen_ai.response.model":"claude-sonnet-4.5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10,"gen_ai.usage.cache_read.input_tokens":60},"status":{"code":0},"resource":{"attributes":{"service.name":"github-copilot"}}}
      {"type":"span","traceId":"t","spanId":"s0","name":"invoke_agent","kind":2,"startTime":[1795338002,0],"endTime":[1795338004,0],"attributes":{"gen_ai.operation.name":"invoke_agent","gen_ai.conversation.id":"c1","gen_ai.response.model":"claude-sonnet-4.5","gen_ai.usage.input_tokens":100,"gen_ai.usage.output_tokens":10},"status":{"code":0},"resource":{"attributes":{"service.name":"github-copilot"}}}
      """
    When I run "bin/ingest copilot"
    Then it prints "copilot: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | session | model             | input_tokens | cache_read_tokens | output_tokens | request_id |
      | 2026-11-22T09:00:02Z | c1      | claude-sonnet-4.5 | 40           | 60                | 10            | r1         |
