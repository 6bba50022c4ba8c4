Feature: What Codex sends to an OpenTelemetry collector

  Background:
    Given the file events.jsonl with
      """
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"codex_cli_rs"}}]},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"0","observedTimeUnixNano":"1795338000000000000","attributes":[{"key":"event.name","value":{"stringValue":"codex.sse_event"}},{"key":"event.timestamp","value":{"stringValue":"2026-11-22T09:00:02.5Z"}},{"key":"event.kind","value":{"stringValue":"response.completed"}},{"key":"conversation.id","value":{"stringValue":"c1"}},{"key":"model","value":{"stringValue":"gpt-5.1-codex"}},{"key":"input_token_count","value":{"stringValue":"100"}},{"key":"output_token_count","value":{"stringValue":"10"}},{"key":"cached_token_count","value":{"intValue":"40"}},{"key":"reasoning_token_count","value":{"intValue":"4"}},{"key":"tool_token_count","value":{"stringValue":"110"}}]},{"attributes":[{"key":"event.name","value":{"stringValue":"codex.sse_event"}},{"key":"event.timestamp","value":{"stringValue":"2026-11-22T09:00:01Z"}},{"key":"event.kind","value":{"stringValue":"response.output_item.done"}},{"key":"conversation.id","value":{"stringValue":"c1"}}]}]}]}]}
      """
    And the file .codex/sessions/2026/11/22/rollout-c1.jsonl with
      """
      {"timestamp":"2026-11-22T09:00:00Z","type":"session_meta","payload":{"id":"c1","timestamp":"2026-11-22T09:00:00Z","cwd":"/srv/api"}}
      {"timestamp":"2026-11-22T09:00:00Z","type":"turn_context","payload":{"model":"gpt-5.1-codex"}}
      {"timestamp":"2026-11-22T09:00:02.6Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":40,"output_tokens":10,"reasoning_output_tokens":4,"total_tokens":110},"last_token_usage":{"input_tokens":100,"cached_input_tokens":40,"output_tokens":10,"reasoning_output_tokens":4,"total_tokens":110}}}}
      {"timestamp":"2026-11-22T09:01:02.6Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":300,"cached_input_tokens":140,"output_tokens":30,"reasoning_output_tokens":4,"total_tokens":330},"last_token_usage":{"input_tokens":200,"cached_input_tokens":100,"output_tokens":20,"reasoning_output_tokens":0,"total_tokens":220}}}}
      """

  Scenario: Each completed response is a request
    When I run "bin/ingest codex --file events.jsonl"
    Then it prints "codex: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                     | session | model         | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens |
      | 2026-11-22T09:00:02.500000Z | c1      | gpt-5.1-codex | 60           | 40                | 10            | 4                |

  Scenario: An event without an id is the request of the rollout with its session, prompt and output
    Given "bin/ingest codex --file events.jsonl" was run
    When I run "bin/ingest codex"
    Then it prints "codex: accepted 1, repeats 0, upgraded 1, rejected 0"
    When I run "bin/usage tool --format json"
    Then the JSON value at "totals.requests" is 2
    And the JSON value at "totals.total_tokens" is 330

  Scenario: The order of the two does not matter
    Given "bin/ingest codex" was run
    When I run "bin/ingest codex --file events.jsonl"
    Then it prints "codex: accepted 0, repeats 1, rejected 0, ignored 1 (no requests)"

  Scenario: An event that matches nothing is not booked where the rollout reaches further
    Given "bin/ingest codex" was run
    And the file more.jsonl with
      """
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"codex_cli_rs"}}]},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"0","observedTimeUnixNano":"1795338000000000000","attributes":[{"key":"event.name","value":{"stringValue":"codex.sse_event"}},{"key":"event.timestamp","value":{"stringValue":"2026-11-22T09:00:02.5Z"}},{"key":"event.kind","value":{"stringValue":"response.completed"}},{"key":"conversation.id","value":{"stringValue":"c1"}},{"key":"model","value":{"stringValue":"gpt-5.1-codex"}},{"key":"input_token_count","value":{"stringValue":"100"}},{"key":"output_token_count","value":{"stringValue":"20"}},{"key":"cached_token_count","value":{"intValue":"40"}},{"key":"reasoning_token_count","value":{"intValue":"4"}},{"key":"tool_token_count","value":{"stringValue":"120"}}]},{"attributes":[{"key":"event.name","value":{"stringValue":"codex.sse_event"}},{"key":"event.timestamp","value":{"stringValue":"2026-11-22T09:00:01Z"}},{"key":"event.kind","value":{"stringValue":"response.output_item.done"}},{"key":"conversation.id","value":{"stringValue":"c1"}}]}]}]}]}
      """
    When I run "bin/ingest codex --file more.jsonl"
    Then it prints "codex: accepted 0, repeats 0, rejected 0, ignored 2 (no requests)"
    And it warns
      """
      ingest: codex: 1 not booked (requests, or sums of counters): the book has the use of their sessions from another source
      """
