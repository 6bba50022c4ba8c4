Feature: One log may contain each form of the proxy's lines

  Scenario: The addon's lines and the sample's lines in one file
    Given the lines of samples/telemetry/addon.jsonl and usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 15, duplicates 0, rejected 0, ignored 5 (no requests)"
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON has
      | path                                  | value   |
      | subagent_proxy.requests               | 15      |
      | subagent_proxy.routed                 | 8       |
      | subagent_proxy.routed_percent         | 53.3333 |
      | subagent_proxy.errors                 | 4       |
      | subagent_proxy.error_percent          | 26.6667 |
      | subagent_proxy.error_kinds.timeout    | 1       |
      | subagent_proxy.error_kinds.net        | 1       |
      | subagent_proxy.error_kinds.429        | 1       |
      | subagent_proxy.error_kinds.error      | 1       |
      | subagent_proxy.lanes.zai.requests     | 4       |
      | subagent_proxy.lanes.unknown.requests | 1       |

  Scenario: Two requests, one decision, and one error without tokens
    Given the lines
      """
      {"ts":1795340103.412,"rid":"a","event":"decision","lane":"zai","model":"glm-4.6","status":-1,"reason":"policy:default"}
      {"ts":1795340104.5,"rid":"a","lane":"zai","model":"glm-4.6","status":200,"input_tokens":0,"output_tokens":0,"reason":"streaming","latency_ms":1500,"ttft_ms":400}
      {"ts":1795340104500,"rid":"b","lane":"anthropic","model":"claude-sonnet-4-5","status":"200","in_tokens":12,"out_tokens":3,"reason":"pinned","latency_ms":500}
      {"ts":"2026-11-22T10:35:05+01:00","rid":"c","event":"error","lane":"zai","model":"glm-4.6","status":0,"err_type":"timeout"}
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 3, duplicates 0, rejected 0, ignored 1 (no requests)"
    And the journal proxy_telemetry reads
      | ts                          | rid | lane      | status | input_tokens | output_tokens | latency_ms | routed | ok    | extra.ttft_ms | extra.err_type |
      | 2026-11-22T09:35:04.500000Z | a   | zai       | 200    | 0            | 0             | 1500       | true   | true  | 400           |                |
      | 2026-11-22T09:35:04.500000Z | b   | anthropic | 200    | 12           | 3             | 500        | false  | true  |               |                |
      | 2026-11-22T09:35:05Z        | c   | zai       | 0      | null         | null          | null       | true   | false |               | timeout        |

  Scenario: Requests that differ in any field are two requests
    Given the requests
      | ts    | rid        | latency_ms | reason         |
      | 09:00 | login-form | 1000       | policy:default |
      | 09:00 | login-form | 1001       | policy:default |
      | 09:00 | login-form | 1001       | retry          |
      | 09:00 | login-form | 1000       | policy:default |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 3, duplicates 1, rejected 0"

  Scenario: Requests that differ only in cached tokens are two requests
    Given the requests
      | ts    | cached_input_tokens |
      | 09:00 | 5                   |
      | 09:00 | 6                   |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
