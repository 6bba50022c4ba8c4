Feature: Qwen Code's ledger, its telemetry lines and its chats, each request once

  Background:
    Given the file .qwen/projects/-srv-api/chats/s1.jsonl with
      """
      {"uuid":"u1","sessionId":"s1","timestamp":"2026-11-22T09:00:01.001Z","type":"system","cwd":"/srv/api","gitBranch":"main","subtype":"ui_telemetry","systemPayload":{"uiEvent":{"event.name":"qwen-code.api_response","event.timestamp":"2026-11-22T09:00:01.000Z","response_id":"chatcmpl-1","model":"qwen3-coder-plus","duration_ms":229,"input_token_count":100,"output_token_count":20,"cached_content_token_count":60,"thoughts_token_count":5,"total_token_count":120}}}
      {"uuid":"u2","sessionId":"s1","timestamp":"2026-11-22T09:00:01.002Z","type":"assistant","cwd":"/srv/api","gitBranch":"main","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":20,"thoughtsTokenCount":5,"cachedContentTokenCount":60,"totalTokenCount":120}}
      """
    And the file .qwen/usage/token-usage-2026-11.jsonl with
      """
      {"schemaVersion":1,"id":"i1","timestamp":"2026-11-22T09:00:01.000Z","localDate":"2026-11-22","localMonth":"2026-11","sessionId":"s1","model":"qwen3-coder-plus","authType":"openai","source":"main","inputTokens":100,"outputTokens":20,"cachedTokens":60,"thoughtsTokens":5,"totalTokens":120,"apiDurationMs":229}
      {"schemaVersion":1,"id":"i2","timestamp":"2026-11-22T09:00:02.000Z","localDate":"2026-11-22","localMonth":"2026-11","sessionId":"s1","model":"qwen3-coder-plus","authType":"openai","source":"memory","inputTokens":300,"outputTokens":30,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":330,"apiDurationMs":118}
      """

  Scenario: A request that all of them have counts once, and so does one of the ledger alone
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 2, repeats 2, rejected 0"
    And the journal agent_usage reads
      | session | project  | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens | subagent |
      | s1      | /srv/api | 40           | 60                | 20            | 5                |          |
      | s1      | null     | 300          |                   | 30            |                  | memory   |

  Scenario: In whatever order they are read
    When I run "bin/ingest qwen --file .qwen/usage/token-usage-2026-11.jsonl"
    Then it prints "qwen: accepted 2, repeats 0, rejected 0"
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 0, repeats 4, rejected 0"

  Scenario: Chats that no telemetry line is in, and that the ledger has
    Given the file .qwen/projects/-srv-api/chats/s2.jsonl with
      """
      {"uuid":"u3","sessionId":"s2","timestamp":"2026-10-31T09:00:05.000Z","type":"assistant","cwd":"/srv/api","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":1,"totalTokenCount":8}}
      {"uuid":"u4","sessionId":"s2","timestamp":"2026-11-01T09:00:05.000Z","type":"assistant","cwd":"/srv/api","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":10}}
      {"uuid":"u5","sessionId":"s2","timestamp":"2026-11-01T09:00:09.000Z","type":"assistant","cwd":"/srv/api","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":10}}
      """
    And the file .qwen/usage/token-usage-2026-12.jsonl with
      """
      {"schemaVersion":1,"id":"i3","timestamp":"2026-11-01T09:00:04.000Z","localDate":"2026-11-01","sessionId":"s2","model":"qwen3-coder-plus","source":"main","inputTokens":8,"outputTokens":2,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":10,"apiDurationMs":1}
      {"schemaVersion":1,"id":"i4","timestamp":"2026-11-01T09:00:08.000Z","localDate":"2026-11-01","sessionId":"s2","model":"qwen3-coder-plus","source":"main","inputTokens":8,"outputTokens":2,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":10,"apiDurationMs":1}
      {"schemaVersion":1,"id":"i5","timestamp":"2026-11-01T09:00:12.000Z","localDate":"2026-11-01","sessionId":"s2","model":"qwen3-coder-plus","source":"main","inputTokens":8,"outputTokens":2,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":10,"apiDurationMs":1}
      """
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 6, repeats 4, rejected 0"
    When I run "bin/usage session --format json"
    Then the JSON rows at "rows" are
      | period | requests | total_tokens |
      | s1     | 2        | 450          |
      | s2     | 4        | 38           |

  Scenario: Lines that are added to both later
    When I run "bin/ingest qwen"
    Given the file .qwen/projects/-srv-api/chats/s1.jsonl with
      """
      {"uuid":"u1","sessionId":"s1","timestamp":"2026-11-22T09:00:01.001Z","type":"system","cwd":"/srv/api","gitBranch":"main","subtype":"ui_telemetry","systemPayload":{"uiEvent":{"event.name":"qwen-code.api_response","event.timestamp":"2026-11-22T09:00:01.000Z","response_id":"chatcmpl-1","model":"qwen3-coder-plus","duration_ms":229,"input_token_count":100,"output_token_count":20,"cached_content_token_count":60,"thoughts_token_count":5,"total_token_count":120}}}
      {"uuid":"u2","sessionId":"s1","timestamp":"2026-11-22T09:00:01.002Z","type":"assistant","cwd":"/srv/api","gitBranch":"main","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":20,"thoughtsTokenCount":5,"cachedContentTokenCount":60,"totalTokenCount":120}}
      {"uuid":"u6","sessionId":"s1","timestamp":"2026-11-22T09:10:00.002Z","type":"assistant","cwd":"/srv/api","model":"qwen3-coder-plus","usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":20,"thoughtsTokenCount":5,"cachedContentTokenCount":60,"totalTokenCount":120}}
      """
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 1, repeats 0, rejected 0"
    Given the file .qwen/usage/token-usage-2026-11.jsonl with
      """
      {"schemaVersion":1,"id":"i1","timestamp":"2026-11-22T09:00:01.000Z","localDate":"2026-11-22","localMonth":"2026-11","sessionId":"s1","model":"qwen3-coder-plus","authType":"openai","source":"main","inputTokens":100,"outputTokens":20,"cachedTokens":60,"thoughtsTokens":5,"totalTokens":120,"apiDurationMs":229}
      {"schemaVersion":1,"id":"i2","timestamp":"2026-11-22T09:00:02.000Z","localDate":"2026-11-22","localMonth":"2026-11","sessionId":"s1","model":"qwen3-coder-plus","authType":"openai","source":"memory","inputTokens":300,"outputTokens":30,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":330,"apiDurationMs":118}
      {"schemaVersion":1,"id":"i6","timestamp":"2026-11-22T09:10:00.000Z","localDate":"2026-11-22","localMonth":"2026-11","sessionId":"s1","model":"qwen3-coder-plus","authType":"openai","source":"main","inputTokens":100,"outputTokens":20,"cachedTokens":60,"thoughtsTokens":5,"totalTokens":120,"apiDurationMs":229}
      """
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 0, repeats 1, rejected 0"

  Scenario: QWEN_RUNTIME_DIR and QWEN_HOME name further folders
    Given the file runtime/usage/token-usage-2026-11.jsonl with
      """
      {"schemaVersion":1,"id":"i7","timestamp":"2026-11-22T09:00:03.000Z","localDate":"2026-11-22","sessionId":"s7","model":"qwen3-coder-plus","source":"main","inputTokens":500,"outputTokens":50,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":550,"apiDurationMs":9}
      """
    And QWEN_RUNTIME_DIR is set to "~/runtime"
    And QWEN_HOME is set to ""
    When I run "bin/ingest qwen"
    Then it prints "qwen: accepted 3, repeats 2, rejected 0"

  Scenario: A ledger of a newer schema is named
    Given the file .qwen/usage/token-usage-2026-12.jsonl with
      """
      {"schemaVersion":2,"id":"i8","timestamp":"2026-12-01T09:00:03.000Z","sessionId":"s8","model":"qwen3-coder-plus","source":"main","inputTokens":500,"outputTokens":50,"cachedTokens":0,"thoughtsTokens":0,"totalTokens":550}
      """
    When I run "bin/ingest qwen"
    Then it warns
      """
      ingest: qwen: 1 line with tokens of a kind that is not read: the agent may write another format now; see requests.only of feeds/qwen.toml
      """
