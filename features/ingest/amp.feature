Feature: The threads of Amp

  Background:
    Given the file .local/share/amp/threads/T-aaaa0001.json with
      """
      {"v":9,"id":"T-aaaa0001","created":1795338000000,"title":"hello",
       "messages":[
        {"role":"user","messageId":0,"content":[{"type":"text","text":"hello"}]},
        {"role":"assistant","messageId":1,"content":[],"usage":{"model":"claude-sonnet-4-5","inputTokens":100,"outputTokens":20,"cacheCreationInputTokens":30,"cacheReadInputTokens":40,"totalInputTokens":170,"timestamp":"2026-11-22T09:00:01.000Z"}},
        {"role":"user","messageId":2,"content":[]},
        {"role":"assistant","messageId":3,"content":[],"usage":{"model":"gpt-5","inputTokens":200,"outputTokens":30,"cacheCreationInputTokens":0,"cacheReadInputTokens":50,"timestamp":"2026-11-22T09:00:03.000Z"}}],
       "usageLedger":{"events":[
        {"id":"e1","timestamp":"2026-11-22T09:00:02.000Z","model":"claude-sonnet-4-5","credits":1.5,"tokens":{"input":100,"output":20,"total":120},"operationType":"inference","fromMessageId":0,"toMessageId":1},
        {"id":"e2","timestamp":"2026-11-22T09:00:05.000Z","model":"claude-haiku-4-5","credits":0.1,"tokens":{"input":300,"output":40,"total":340},"operationType":"title"}]}}
      """

  Scenario: An event of the ledger has its cached tokens from the message, and a message without an event counts
    When I run "bin/ingest amp"
    Then it prints "amp: accepted 3, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session    | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | request_id |
      | 2026-11-22T09:00:02Z | T-aaaa0001 | claude-sonnet-4-5 | 100          | 40                | 30                    | 20            | e1         |
      | 2026-11-22T09:00:05Z | T-aaaa0001 | claude-haiku-4-5  | 300          |                   |                       | 40            | e2         |
      | 2026-11-22T09:00:03Z | T-aaaa0001 | gpt-5             | 200          | 50                |                       | 30            |            |

  Scenario: A thread that gets its ledger later counts once, as does an export of it
    Given the file saved.json with
      """
      {"v":9,"id":"T-aaaa0001","created":1795338000000,
       "messages":[
        {"role":"assistant","messageId":1,"usage":{"model":"claude-sonnet-4-5","inputTokens":100,"outputTokens":20,"cacheCreationInputTokens":30,"cacheReadInputTokens":40,"timestamp":"2026-11-22T09:00:01.000Z"}}]}
      """
    When I run "bin/ingest amp --file saved.json"
    Then it prints "amp: accepted 1, repeats 0, rejected 0"
    When I run "bin/ingest amp"
    Then it prints "amp: accepted 2, repeats 1, rejected 0"
    And the journal agent_usage has 3 rows

  Scenario: An old thread has no model and no times
    Given the lines
      """
      {"v":1,"id":"T-aaaa0002","created":1795338000000,
       "messages":[
        {"role":"assistant","messageId":1,"usage":{"inputTokens":100,"outputTokens":20,"cacheCreationInputTokens":0,"cacheReadInputTokens":40}},
        {"role":"assistant","messageId":3,"usage":{"inputTokens":100,"outputTokens":20,"cacheCreationInputTokens":0,"cacheReadInputTokens":40}}]}
      """
    When I pipe the JSON into "bin/ingest amp --stdin"
    Then it prints "amp: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session    | model | input_tokens | cache_read_tokens | output_tokens |
      | 2026-11-22T09:00:00Z | T-aaaa0002 | null  | 100          | 40                | 20            |
      | 2026-11-22T09:00:00Z | T-aaaa0002 | null  | 100          | 40                | 20            |

  Scenario: A thread that is kept on the server is a stub
    When I run "bin/ingest amp"
    Given the file .local/share/amp/threads/T-aaaa0003.json with
      """
      {"v":12,"id":"T-aaaa0003","created":1795338000000,"title":"hello","messages":[]}
      """
    When I run "bin/ingest amp"
    Then it prints "amp: accepted 0, repeats 0, rejected 0"
    And it warns
      """
      ingest: amp: 1 stub without requests: ~/.local/share/amp/threads/T-aaaa0003.json; the threads are on the server; read each with: amp threads export ID | bin/ingest amp --stdin
      """
