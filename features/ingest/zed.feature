Feature: Zed's threads, whose documents are compressed

  Background:
    Given the database .local/share/zed/threads/threads.db after
      """
      CREATE TABLE threads (
        id TEXT PRIMARY KEY, summary TEXT NOT NULL, updated_at TEXT NOT NULL, data_type TEXT NOT NULL, data BLOB NOT NULL,
        parent_id TEXT, folder_paths TEXT, folder_paths_order TEXT, created_at TEXT);
      INSERT INTO threads VALUES
        ('t-1', 'API', '2026-11-22T09:00:00.123456789+00:00', 'zstd', ZSTD('{"title":"API","messages":[],"version":"0.3.0","model":{"provider":"zed.dev","model":"claude-sonnet-5"},"cumulative_token_usage":{"input_tokens":300,"output_tokens":40,"cache_creation_input_tokens":20,"cache_read_input_tokens":500},"request_token_usage":{"u-1":{"input_tokens":100,"output_tokens":15}}}'), NULL, '/srv/api' || char(10) || '/srv/web', '0,1', '2026-11-22T08:00:00+00:00'),
        ('t-2', 'Web', '2026-11-22T10:00:00+01:00', 'json', '{"title":"Web","messages":[],"version":"0.3.0","model":{"provider":"openai","model":"gpt-5"},"cumulative_token_usage":{"input_tokens":70,"output_tokens":7},"request_token_usage":{}}', 't-1', '/srv/web', '0', NULL);
      """

  Scenario: What a thread used so far, and the thread of a subagent
    When I run "bin/ingest zed"
    Then it prints "zed: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                          | session | project  | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | served_by | is_subagent |
      | 2026-11-22T09:00:00.123457Z | t-1     | /srv/api | claude-sonnet-5 | 300          | 500               | 20                    | 40            | zed.dev   |             |
      | 2026-11-22T09:00:00Z        | t-2     | /srv/web | gpt-5           | 70           |                   |                       | 7             | openai    | true        |

  Scenario: What a thread gains between two calls is a request of its model then
    When I run "bin/ingest zed"
    Given the database .local/share/zed/threads/threads.db after
      """
      UPDATE threads SET updated_at = '2026-11-22T11:00:00+00:00', data = ZSTD('{"version":"0.3.0","model":{"provider":"zed.dev","model":"claude-opus-5"},"cumulative_token_usage":{"input_tokens":400,"output_tokens":50,"cache_creation_input_tokens":20,"cache_read_input_tokens":800}}') WHERE id = 't-1';
      """
    When I run "bin/ingest zed"
    Then the journal agent_usage reads
      | ts                          | session | model           | input_tokens | cache_read_tokens | output_tokens |
      | 2026-11-22T09:00:00.123457Z | t-1     | claude-sonnet-5 | 300          | 500               | 40            |
      | 2026-11-22T09:00:00Z        | t-2     | gpt-5           | 70           |                   | 7             |
      | 2026-11-22T11:00:00Z        | t-1     | claude-opus-5   | 100          | 300               | 10            |

  Scenario: An earlier version, without folders and subagents
    Given the database .local/share/zed/threads/threads.db after
      """
      ALTER TABLE threads DROP COLUMN parent_id;
      ALTER TABLE threads DROP COLUMN folder_paths;
      """
    When I run "bin/ingest zed"
    Then it prints "zed: accepted 2, repeats 0, rejected 0"

  Scenario: A document of another form is rejected
    Given the database .local/share/zed/threads/threads.db after
      """
      UPDATE threads SET data_type = 'brotli', data = x'8b0a80' WHERE id = 't-2';
      """
    When I run "bin/ingest zed"
    Then it prints "zed: accepted 1, repeats 0, rejected 1"
