Feature: Copilot CLI's database, and the logs of its sessions

  Background:
    Given the database .copilot/session-store.db after
      """
      PRAGMA journal_mode = WAL;
      CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT, repository TEXT);
      CREATE TABLE assistant_usage_events (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id), agent_id TEXT, model TEXT NOT NULL,
        input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,
        total_nano_aiu INTEGER, duration_ms INTEGER, created_at TEXT DEFAULT (datetime('now')));
      INSERT INTO sessions VALUES ('aaaa0001', '/srv/api', 'ada/api');
      INSERT INTO assistant_usage_events VALUES
        (1, 'aaaa0001', NULL,      'gpt-5',           100, 20, 60, 30, 5,    7000, 900, '2026-11-22T09:00:02.001Z'),
        (2, 'aaaa0001', 'explore', 'claude-sonnet-5', 200, 30, 0,  0,  NULL, 8000, 800, '2026-11-22 09:00:03');
      """

  Scenario: Each row is a request, and its input includes what a cache served and stored
    When I run "bin/ingest copilot"
    Then it prints "copilot: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                          | session  | project  | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | reasoning_tokens | is_subagent |
      | 2026-11-22T09:00:02.001000Z | aaaa0001 | /srv/api | gpt-5           | 10           | 60                | 30                    | 20            | 5                |             |
      | 2026-11-22T09:00:03Z        | aaaa0001 | /srv/api | claude-sonnet-5 | 200          |                   |                       | 30            |                  | true        |

  Scenario: Rows that were added since, and rows that Copilot removed
    When I run "bin/ingest copilot"
    Given the database .copilot/session-store.db after
      """
      DELETE FROM assistant_usage_events WHERE id = 1;
      INSERT INTO assistant_usage_events VALUES (3, 'aaaa0001', NULL, 'gpt-5', 300, 40, 0, 0, 0, 9000, 700, '2026-11-22T09:00:04.000Z');
      """
    When I run "bin/ingest copilot"
    Then the journal agent_usage reads
      | model           | input_tokens |
      | gpt-5           | 10           |
      | claude-sonnet-5 | 200          |
      | gpt-5           | 300          |

  Scenario: A row and a line of one request count once, in whatever order they are read
    Given the file .copilot/session-state/aaaa0001/events.jsonl with
      """
      {"type":"session.start","data":{"sessionId":"aaaa0001","copilotVersion":"1.0.102","context":{"cwd":"/srv/api","branch":"main"}},"id":"e1","timestamp":"2026-11-22T09:00:00.000Z"}
      {"type":"session.usage_record","data":{"usage":{"model":"gpt-5","inputTokens":100,"outputTokens":20,"cacheReadTokens":60,"cacheWriteTokens":30,"reasoningTokens":5,"duration":900,"apiCallId":"resp_1","accounting":{"sourceSessionId":"aaaa0001","sequence":1,"usageId":"resp_1"}}},"id":"e2","timestamp":"2026-11-22T09:00:02.000Z"}
      {"type":"session.usage_record","data":{"usage":{"model":"gpt-5","inputTokens":400,"outputTokens":50,"cacheReadTokens":0,"cacheWriteTokens":0,"reasoningTokens":0,"duration":600,"apiCallId":"resp_3","accounting":{"sourceSessionId":"aaaa0001","sequence":3,"usageId":"resp_3"}}},"id":"e3","timestamp":"2026-11-22T09:00:05.000Z"}
      {"type":"session.shutdown","data":{"modelMetrics":{"gpt-5":{"usage":{"inputTokens":500,"outputTokens":70}}}},"id":"e4","timestamp":"2026-11-22T09:00:06.000Z"}
      """
    When I run "bin/ingest copilot --file .copilot/session-state/aaaa0001/events.jsonl"
    Then it prints "copilot: accepted 2, repeats 0, rejected 0"
    When I run "bin/ingest copilot --file .copilot/session-store.db"
    Then it prints "copilot: accepted 1, repeats 1, rejected 0"
    When I run "bin/ingest copilot"
    Then it prints "copilot: accepted 0, repeats 4, rejected 0"
    And the journal agent_usage has 3 rows

  Scenario: The log of a session alone
    Given the file .copilot/session-state/bbbb0002/events.jsonl with
      """
      {"type":"session.start","data":{"sessionId":"bbbb0002","context":{"cwd":"/srv/web","branch":"main"}},"id":"e1","timestamp":"2026-11-22T10:00:00.000Z"}
      {"type":"session.usage_record","data":{"usage":{"model":"gpt-5","inputTokens":100,"outputTokens":20,"cacheReadTokens":60,"cacheWriteTokens":0,"reasoningTokens":5,"duration":900,"apiCallId":"resp_4","accounting":{"sourceSessionId":"bbbb0002","sequence":1,"usageId":"resp_4"}}},"id":"e2","timestamp":"2026-11-22T10:00:02.000Z"}
      """
    When I run "bin/ingest copilot --file .copilot/session-state/bbbb0002/events.jsonl"
    Then the journal agent_usage reads
      | session  | project  | branch | model | input_tokens | cache_read_tokens | output_tokens | request_id |
      | bbbb0002 | /srv/web | main   | gpt-5 | 40           | 60                | 20            | resp_4     |

  Scenario: An earlier version, with fewer columns
    Given the database .copilot/session-store.db after
      """
      ALTER TABLE assistant_usage_events DROP COLUMN duration_ms;
      ALTER TABLE assistant_usage_events DROP COLUMN total_nano_aiu;
      ALTER TABLE assistant_usage_events DROP COLUMN agent_id;
      """
    When I run "bin/ingest copilot"
    Then it prints "copilot: accepted 2, repeats 0, rejected 0"

  Scenario: A row and a line of a subagent, whose accounting has a session of its own
    Given the file .copilot/session-state/aaaa0001/events.jsonl with
      """
      {"type":"session.start","data":{"sessionId":"aaaa0001","context":{"cwd":"/srv/api","branch":"main"}},"id":"e1","timestamp":"2026-11-22T09:00:00.000Z"}
      {"type":"session.usage_record","agentId":"explore","data":{"usage":{"model":"claude-sonnet-5","inputTokens":200,"outputTokens":30,"cacheReadTokens":0,"cacheWriteTokens":0,"duration":800,"initiator":"sub-agent","apiCallId":"resp_2","accounting":{"sourceSessionId":"cccc0003","sequence":1,"usageId":"resp_2"}}},"id":"e2","timestamp":"2026-11-22T09:00:03.000Z"}
      """
    When I run "bin/ingest copilot"
    Then it prints "copilot: accepted 2, repeats 1, rejected 0"
    And the journal agent_usage reads
      | session  | model           | input_tokens | is_subagent |
      | aaaa0001 | gpt-5           | 10           |             |
      | aaaa0001 | claude-sonnet-5 | 200          | true        |
