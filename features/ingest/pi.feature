Feature: The sessions of pi

  Background:
    Given the file .pi/agent/sessions/--srv-api--/2026-11-22T09-00-00-000Z_aaaa0001.jsonl with
      """
      {"type":"session","version":3,"id":"aaaa0001","timestamp":"2026-11-22T09:00:00.000Z","cwd":"/srv/api"}
      {"type":"model_change","id":"e0000001","parentId":null,"timestamp":"2026-11-22T09:00:00.100Z","provider":"anthropic","modelId":"claude-sonnet-4-5"}
      {"type":"message","id":"e0000002","parentId":"e0000001","timestamp":"2026-11-22T09:00:01.000Z","message":{"role":"user","content":[{"type":"text","text":"hello"}],"timestamp":1795338001000}}
      {"type":"message","id":"e0000003","parentId":"e0000002","timestamp":"2026-11-22T09:00:02.000Z","message":{"role":"assistant","content":[{"type":"text","text":"Hello."}],"api":"anthropic-messages","provider":"anthropic","model":"claude-sonnet-4-5","usage":{"input":100,"output":20,"reasoning":5,"cacheRead":40,"cacheWrite":30,"cacheWrite1h":10,"totalTokens":190,"cost":{"input":0.1,"output":0.2,"cacheRead":0,"cacheWrite":0,"total":0.3}},"stopReason":"stop","timestamp":1795338002000,"responseId":"msg_01A"}}
      """

  Scenario: Each answer is a request
    When I run "bin/ingest pi"
    Then it prints "pi: accepted 1, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session  | project  | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | cache_write_1h_tokens | output_tokens | reasoning_tokens | usd | served_by |
      | 2026-11-22T09:00:02Z | aaaa0001 | /srv/api | claude-sonnet-4-5 | 100          | 40                | 20                    | 10                    | 20            | 5                | 0.3 | anthropic |

  Scenario: Branches that were left were paid, and so were summaries
    Given the file .pi/agent/sessions/--srv-api--/2026-11-22T10-00-00-000Z_aaaa0002.jsonl with
      """
      {"type":"session","version":3,"id":"aaaa0002","timestamp":"2026-11-22T10:00:00.000Z","cwd":"/srv/api"}
      {"type":"model_change","id":"e0000001","parentId":null,"timestamp":"2026-11-22T10:00:00.100Z","provider":"openai","modelId":"gpt-5"}
      {"type":"message","id":"e0000002","parentId":"e0000001","timestamp":"2026-11-22T10:00:02.000Z","message":{"role":"assistant","provider":"openai","model":"gpt-5","usage":{"input":200,"output":20,"cacheRead":0,"cacheWrite":0,"totalTokens":220}}}
      {"type":"message","id":"e0000003","parentId":"e0000001","timestamp":"2026-11-22T10:00:03.000Z","message":{"role":"assistant","provider":"openai","model":"gpt-5","usage":{"input":300,"output":30,"cacheRead":0,"cacheWrite":0,"totalTokens":330}}}
      {"type":"branch_summary","id":"e0000004","parentId":"e0000001","timestamp":"2026-11-22T10:00:04.000Z","fromId":"e0000002","summary":"Left.","usage":{"input":400,"output":40,"cacheRead":0,"cacheWrite":0,"totalTokens":440}}
      {"type":"compaction","id":"e0000005","parentId":"e0000004","timestamp":"2026-11-22T10:00:05.000Z","summary":"Short.","firstKeptEntryId":"e0000004","tokensBefore":900}
      """
    When I run "bin/ingest pi"
    Then the journal agent_usage reads
      | session  | model             | input_tokens | output_tokens |
      | aaaa0001 | claude-sonnet-4-5 | 100          | 20            |
      | aaaa0002 | gpt-5             | 200          | 20            |
      | aaaa0002 | gpt-5             | 300          | 30            |
      | aaaa0002 | gpt-5             | 400          | 40            |

  Scenario: A fork begins with a copy of its session, which counts once
    Given the file .pi/agent/sessions/--srv-api--/2026-11-22T11-00-00-000Z_aaaa0003.jsonl with
      """
      {"type":"session","version":3,"id":"aaaa0003","timestamp":"2026-11-22T11:00:00.000Z","cwd":"/srv/api","parentSession":"/srv/sessions/aaaa0001.jsonl"}
      {"type":"message","id":"e0000003","parentId":null,"timestamp":"2026-11-22T09:00:02.000Z","message":{"role":"assistant","provider":"anthropic","model":"claude-sonnet-4-5","usage":{"input":100,"output":20,"cacheRead":40,"cacheWrite":30,"cacheWrite1h":10,"totalTokens":190},"responseId":"msg_01A"}}
      {"type":"message","id":"e0000004","parentId":"e0000003","timestamp":"2026-11-22T11:00:02.000Z","message":{"role":"assistant","provider":"anthropic","model":"claude-sonnet-4-5","usage":{"input":120,"output":20,"cacheRead":40,"cacheWrite":0,"totalTokens":180},"responseId":"msg_01B"}}
      """
    When I run "bin/ingest pi"
    Then it prints "pi: accepted 2, repeats 1, rejected 0"
    And the journal agent_usage reads
      | session  | input_tokens |
      | aaaa0001 | 100          |
      | aaaa0003 | 120          |

  Scenario: Oh My Pi writes the same lines, those of subagents in a folder of their session
    Given the file .omp/agent/sessions/-srv-api/2026-11-22T12-00-00-000Z_bbbb0001/Explore.jsonl with
      """
      {"type":"title","title":"   "}
      {"type":"session","version":3,"id":"bbbb0002","timestamp":"2026-11-22T12:00:00.000Z","cwd":"/srv/api"}
      {"type":"message","id":"e0000003","parentId":null,"timestamp":"2026-11-22T12:00:02.000Z","message":{"role":"assistant","provider":"zai","model":"glm-5","usage":{"input":500,"output":50,"cacheRead":0,"cacheWrite":0,"totalTokens":550}}}
      """
    When I run "bin/ingest pi"
    Then the journal agent_usage reads
      | session  | model             | project  | input_tokens |
      | aaaa0001 | claude-sonnet-4-5 | /srv/api | 100          |
      | bbbb0002 | glm-5             | /srv/api | 500          |
