Feature: The sessions of Kimi CLI and Kimi Code

  Background: A session of Kimi CLI, in a folder that is named after the MD5 hash of /srv/api
    Given the file .kimi/kimi.json with
      """
      {"work_dirs":[{"path":"/srv/web","kaos":"local"},{"path":"/srv/api","kaos":"local","last_session_id":"aaaa0001"}]}
      """
    And the file .kimi/config.toml with
      """
      default_model = "kimi-code/k2"
      [models."kimi-code/k2"]
      provider = "managed"
      model = "kimi-for-coding"
      [models.fast]
      model = "kimi-k2-turbo"
      """
    And the file .kimi/sessions/88726c27de128bfafbf51390e989ea8c/aaaa0001/wire.jsonl with
      """
      {"type":"metadata","protocol_version":"1.3"}
      {"timestamp":1795338001.5,"message":{"type":"TurnBegin","payload":{"user_input":"hello"}}}
      {"timestamp":1795338002.5,"message":{"type":"StatusUpdate","payload":{"context_usage":0.1,"token_usage":{"input_other":100,"output":20,"input_cache_read":40,"input_cache_creation":30},"message_id":"chatcmpl-1"}}}
      {"timestamp":1795338002.6,"message":{"type":"StatusUpdate","payload":{"context_usage":0.2}}}
      {"timestamp":1795338003.5,"message":{"type":"SubagentEvent","payload":{"agent_id":"a1","event":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":200,"output":30,"input_cache_read":0,"input_cache_creation":0},"message_id":"chatcmpl-2"}}}}}
      {"timestamp":1795338004.5,"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":300,"output":40,"input_cache_read":0,"input_cache_creation":0},"message_id":null}}}
      """
    And the file .kimi/sessions/88726c27de128bfafbf51390e989ea8c/aaaa0001/subagents/a1/wire.jsonl with
      """
      {"type":"metadata","protocol_version":"1.3"}
      {"timestamp":1795338003.4,"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":200,"output":30,"input_cache_read":0,"input_cache_creation":0},"message_id":"chatcmpl-2"}}}
      """
    And the file .kimi/sessions/88726c27de128bfafbf51390e989ea8c/aaaa0001/subagents/a1/meta.json with
      """
      {"agent_id":"a1","subagent_type":"explore","status":"completed","launch_spec":{"agent_id":"a1","subagent_type":"explore","model_override":null,"effective_model":"fast"}}
      """

  Scenario: Kimi CLI: a step is a request, of the model in config.toml, and a subagent has a file of its own
    When I run "bin/ingest kimi"
    Then it prints "kimi: accepted 3, repeats 0, rejected 0, ignored 4 (no requests)"
    And the journal agent_usage reads
      | ts                          | session  | project  | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | subagent | is_subagent |
      | 2026-11-22T09:00:02.500000Z | aaaa0001 | /srv/api | kimi-for-coding | 100          | 40                | 30                    | 20            |          |             |
      | 2026-11-22T09:00:04.500000Z | aaaa0001 | /srv/api | kimi-for-coding | 300          |                   |                       | 40            |          |             |
      | 2026-11-22T09:00:03.400000Z | aaaa0001 | /srv/api | kimi-k2-turbo   | 200          |                   |                       | 30            | explore  | true        |

  Scenario: Kimi CLI: a model and a project that nothing names are unknown
    Given the file .kimi/kimi.json with
      """
      {"work_dirs":[]}
      """
    And the file .kimi/config.toml with
      """
      default_model = ""
      """
    When I run "bin/ingest kimi"
    Then row 1 of the journal agent_usage has "model" null
    And row 1 of the journal agent_usage has "project" null

  Scenario: A fork begins with a copy, which counts once
    When I run "bin/ingest kimi"
    Given the file .kimi/sessions/88726c27de128bfafbf51390e989ea8c/aaaa0009/wire.jsonl with
      """
      {"type":"metadata","protocol_version":"1.3"}
      {"timestamp":1795338002.5,"message":{"type":"StatusUpdate","payload":{"context_usage":0.1,"token_usage":{"input_other":100,"output":20,"input_cache_read":40,"input_cache_creation":30},"message_id":"chatcmpl-1"}}}
      {"timestamp":1795338004.5,"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":300,"output":40,"input_cache_read":0,"input_cache_creation":0},"message_id":null}}}
      {"timestamp":1795338104.5,"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":300,"output":40,"input_cache_read":0,"input_cache_creation":0},"message_id":"chatcmpl-3"}}}
      """
    When I run "bin/ingest kimi"
    Then it prints "kimi: accepted 1, repeats 2, rejected 0, ignored 1 (no requests)"

  Scenario: Kimi Code: the model is that of the request before, and the end of a step repeats its usage
    Given the file .kimi-code/config.toml with
      """
      [models.k2]
      model = "kimi-k2.6"
      """
    And the file .kimi-code/sessions/wd_api_0123456789ab/session_bbbb0001/state.json with
      """
      {"createdAt":"2026-11-22T10:00:00.000Z","workDir":"/srv/api","agents":{"main":{"type":"main"}}}
      """
    And the file .kimi-code/sessions/wd_api_0123456789ab/session_bbbb0001/agents/main/wire.jsonl with
      """
      {"type":"metadata","protocol_version":"1.4","created_at":1795428000000}
      {"type":"llm.request","kind":"loop","provider":"kimi","model":"kimi-for-coding","modelAlias":"kimi-code/kimi","turnStep":"0.1","time":1795428001000}
      {"type":"context.append_loop_event","event":{"type":"step.end","usage":{"inputOther":10,"output":2,"inputCacheRead":5,"inputCacheCreation":3}},"time":1795428002000}
      {"type":"usage.record","model":"kimi-code/kimi","usage":{"inputOther":10,"output":2,"inputCacheRead":5,"inputCacheCreation":3},"usageScope":"turn","time":1795428002001}
      """
    And the file .kimi-code/sessions/wd_api_0123456789ab/session_bbbb0001/agents/agent-1/wire.jsonl with
      """
      {"type":"usage.record","model":"k2","usage":{"inputOther":20,"output":4,"inputCacheRead":0,"inputCacheCreation":0},"time":1795428003000}
      {"type":"usage.record","model":"other","usage":{"inputOther":30,"output":6,"inputCacheRead":0,"inputCacheCreation":0},"time":1795428004000}
      {"type":"usage.record","model":"ot
      """
    And KIMI_SHARE_DIR is set to "/nowhere"
    And KIMI_CODE_HOME is set to ""
    When I run "bin/ingest kimi --format json"
    Then the JSON value at "accepted" is 6
    When I run "bin/usage model --tool kimi --since 2026-11-23 --format json"
    Then the JSON rows at "rows" are
      | model           | requests | input_tokens | cache_read_tokens | cache_write_tokens | output_tokens |
      | other           | 1        | 30           | 0                 | 0                  | 6             |
      | kimi-k2.6       | 1        | 20           | 0                 | 0                  | 4             |
      | kimi-for-coding | 1        | 10           | 5                 | 3                  | 2             |
    When I run "bin/usage session --tool kimi --format json"
    Then the JSON rows at "rows" are
      | period           | requests |
      | aaaa0001         | 2        |
      | aaaa0001         | 1        |
      | session_bbbb0001 | 1        |
      | session_bbbb0001 | 1        |
      | session_bbbb0001 | 1        |
