Feature: The sessions of Cline CLI

  Background:
    Given the file .cline/data/sessions/aaaa0001/aaaa0001.messages.json with
      """
      {"version":1,"updated_at":"2026-11-22T09:10:00.000Z","agent":"lead","sessionId":"aaaa0001","origin":{"source":"cli","mode":"user","sessionId":"aaaa0001"},
       "messages":[
        {"id":"msg_a1","role":"user","content":"hello","ts":1795338000000},
        {"id":"msg_a2","role":"assistant","content":[{"type":"text","text":"Hello."}],"ts":1795338001000,"modelInfo":{"id":"z-ai/glm-5","provider":"cline"},
         "metrics":{"inputTokens":170,"outputTokens":20,"cacheReadTokens":40,"cacheWriteTokens":30,"cost":0.01}},
        {"id":"msg_a3","role":"assistant","content":[{"type":"text","text":"Bye."}],
         "metrics":{"inputTokens":10,"outputTokens":30,"cacheReadTokens":50,"cacheWriteTokens":0,"cost":0}}]}
      """
    And the file .cline/data/sessions/aaaa0001/aaaa0001.json with
      """
      {"version":1,"session_id":"aaaa0001","source":"cli","started_at":"2026-11-22T09:00:00.000Z","status":"running","provider":"cline","model":"gpt-5",
       "cwd":"/srv/api/src","workspace_root":"/srv/api","metadata":{"usage":{"inputTokens":180,"outputTokens":50},"aggregateUsage":{"inputTokens":480,"outputTokens":90}}}
      """

  Scenario: Each message with metrics is a request, and its input includes cached tokens unless it is smaller
    When I run "bin/ingest cline-cli"
    Then it prints "cline-cli: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session  | project  | model      | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  | served_by | request_id |
      | 2026-11-22T09:00:01Z | aaaa0001 | /srv/api | z-ai/glm-5 | 100          | 40                | 30                    | 20            | 0.01 | cline     | msg_a2     |
      | 2026-11-22T09:10:00Z | aaaa0001 | /srv/api | gpt-5      | 10           | 50                |                       | 30            | 0    | cline     | msg_a3     |

  Scenario: A subagent has a document in the folder of its session, and no total counts
    Given the file .cline/data/sessions/aaaa0001/explore.messages.json with
      """
      {"version":1,"updated_at":"2026-11-22T09:10:00.000Z","agent":"subagent","sessionId":"aaaa0001__explore","taskType":"subagent_task",
       "origin":{"source":"cli","mode":"user","sessionId":"aaaa0001__explore","parentThreadId":"aaaa0001","subagent":"explore"},
       "messages":[{"id":"msg_b2","role":"assistant","content":[],"ts":1795338002000,"modelInfo":{"id":"gpt-5","provider":"openai"},"metrics":{"inputTokens":300,"outputTokens":40}}]}
      """
    When I run "bin/ingest cline-cli"
    Then the journal agent_usage reads
      | session           | project  | model      | input_tokens | is_subagent | subagent |
      | aaaa0001          | /srv/api | z-ai/glm-5 | 100          |             |          |
      | aaaa0001          | /srv/api | gpt-5      | 10           |             |          |
      | aaaa0001__explore | /srv/api | gpt-5      | 300          | true        | explore  |

  Scenario: A session that goes on from a checkpoint begins with a copy
    Given the file .cline/data/sessions/aaaa0002/aaaa0002.messages.json with
      """
      {"version":1,"updated_at":"2026-11-22T09:20:00.000Z","agent":"lead","sessionId":"aaaa0002",
       "messages":[
        {"id":"msg_a2","role":"assistant","content":[],"ts":1795338001000,"modelInfo":{"id":"z-ai/glm-5","provider":"cline"},
         "metrics":{"inputTokens":170,"outputTokens":20,"cacheReadTokens":40,"cacheWriteTokens":30,"cost":0.01}},
        {"id":"msg_c3","role":"assistant","content":[],"ts":1795339001000,"modelInfo":{"id":"z-ai/glm-5","provider":"cline"},"metrics":{"inputTokens":500,"outputTokens":5}}]}
      """
    When I run "bin/ingest cline-cli"
    Then it prints "cline-cli: accepted 3, repeats 1, rejected 0"

  Scenario: A compaction removes the usage of messages, and the book keeps it
    When I run "bin/ingest cline-cli"
    Given the file .cline/data/sessions/aaaa0001/aaaa0001.messages.json with
      """
      {"version":1,"updated_at":"2026-11-22T09:30:00.000Z","agent":"lead","sessionId":"aaaa0001",
       "messages":[
        {"id":"msg_d1","role":"user","content":"Summary.","ts":1795339000000,"metadata":{"kind":"compaction","usageBefore":{"inputTokens":180,"outputTokens":50,"cost":0.01}}},
        {"id":"msg_d2","role":"assistant","content":[],"ts":1795339001000,"modelInfo":{"id":"gpt-5","provider":"openai"},"metrics":{"inputTokens":60,"outputTokens":6}}]}
      """
    When I run "bin/ingest cline-cli"
    Then it prints "cline-cli: accepted 1, repeats 0, rejected 0"
    And the journal agent_usage has 3 rows
