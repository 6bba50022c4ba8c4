Feature: Another agent's log format is one new file in config/feeds/

  Scenario: Lines of another form, in another folder
    Given the config file feeds/otter.toml says
      """
      title            = "Otter"
      journal          = "agent_usage"
      environment      = "OTTER_HOME"
      roots            = ["~/.otter"]
      files            = ["runs/**/*.ndjson"]
      contains         = ['"tokens"']
      identity         = ["call.id"]
      input_with_cache = true

      [fields]
      ts                = ["done", "begun"]
      project           = "where"
      model             = 'call."model.name"'
      input_tokens      = "call.tokens.in"
      cache_read_tokens = "call.tokens.cached"
      output_tokens     = "call.tokens.out"
      usd               = "call.cost"

      [requests]
      not = { call_kind = ["dry"] }

      [settings.run]
      only    = { kind = ["run"] }
      session = "run"
      branch  = "git"
      """
    And the file .otter/runs/today/1.ndjson with
      """
      {"kind":"run","run":"r-7","git":"main","tokens":null}
      {"kind":"call","begun":1795338000,"where":"/home/ada/api","call":{"id":"c1","model.name":"otter-2","tokens":{"in":100,"cached":80,"out":5},"cost":0.25}}
      {"kind":"call","begun":1795338001,"call_kind":"dry","call":{"id":"c2","tokens":{"in":9,"out":9}}}
      {"kind":"call","done":"2026-11-22T09:00:09+01:00","call":{"id":"c1","model.name":"otter-2","tokens":{"in":100,"cached":80,"out":5}}}
      """
    When I run "bin/ingest otter"
    Then it prints "otter: accepted 1, repeats 1, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | tool  | source | session | project | branch | model   | input_tokens | cache_read_tokens | output_tokens | usd  |
      | 2026-11-22T09:00:00Z | otter | otter  | r-7     | ~/api   | main   | otter-2 | 20           | 80                | 5             | 0.25 |

  Scenario: A mistake in the file is reported with its position
    Given the config file feeds/otter.toml says
      """
      journal = "agent_usage"
      roots   = ["~/.otter"]
      files   = ["../*.ndjson"]

      [fields]
      output_tokens = "out"
      """
    When I run "bin/ingest otter"
    Then it exits with 78 and says
      """
      ingest: CONFIG/feeds/otter.toml: files = '../*.ndjson' is not valid; valid: a pattern below the roots, such as sessions/**/*.jsonl
      """

  Scenario: One document per session or message
    Given the file .gemini/tmp/3f/chats/session-1.json with
      """
      {"sessionId":"g1","projectHash":"3f","messages":[
        {"id":"1","timestamp":"2026-11-22T09:00:00.000Z","type":"user","content":"hello"},
        {"id":"2","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"gemini-2.5-pro","tokens":{"input":100,"output":10,"cached":40,"thoughts":7,"tool":0,"total":117}}]}
      """
    And the file .local/share/opencode/storage/message/ses_1/msg_1.json with
      """
      {"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"glm-4.6","providerID":"zai","path":{"cwd":"/srv/api","root":"/srv/api"},"cost":0.5,"tokens":{"input":5,"output":6,"reasoning":1,"cache":{"read":7,"write":8}},"time":{"created":1795338000000,"completed":1795338001000}}
      """
    And the file .qwen/projects/-srv-api/chats/1.jsonl with
      """
      {"uuid":"q1","sessionId":"qs","timestamp":"2026-11-22T09:00:03.000Z","type":"assistant","cwd":"/srv/api","model":"qwen3-coder","usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":4,"thoughtsTokenCount":2,"totalTokenCount":56,"cachedContentTokenCount":30}}
      """
    When I run "bin/ingest gemini"
    And I run "bin/ingest opencode"
    And I run "bin/ingest qwen"
    Then the journal agent_usage reads
      | ts                   | tool     | session | project  | model          | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | reasoning_tokens | usd |
      | 2026-11-22T09:00:02Z | gemini   | g1      | 3f       | gemini-2.5-pro | 60           | 40                |                       | 17            | 7                |     |
      | 2026-11-22T09:00:01Z | opencode | ses_1   | /srv/api | glm-4.6        | 5            | 7                 | 8                     | 7             | 1                | 0.5 |
      | 2026-11-22T09:00:03Z | qwen     | qs      | /srv/api | qwen3-coder    | 20           | 30                |                       | 6             | 2                |     |
