Feature: Goose's database

  Background:
    Given the database .local/share/goose/sessions/sessions.db after
      """
      PRAGMA journal_mode = WAL;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL,
        created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
        accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER,
        accumulated_cache_read_tokens INTEGER, accumulated_cache_write_tokens INTEGER, accumulated_cost REAL,
        provider_name TEXT, model_config_json TEXT, parent_session_id TEXT);
      CREATE TABLE usage_ledger (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL REFERENCES sessions(id), created_timestamp INTEGER NOT NULL, model TEXT,
        input_tokens INTEGER, output_tokens INTEGER, total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
        cost REAL, cost_source TEXT, is_compaction INTEGER DEFAULT 0);
      INSERT INTO sessions VALUES
        ('20261122_1', 'a', 'user', '/srv/api', '2026-11-22 08:59:00', '2026-11-22 09:00:30',
         230, 200, 30, 150, 0, 340, 300, 40, 210, 30, 0.75, 'anthropic', '{"model_name":"claude-sonnet-5"}', NULL),
        ('20261122_2', 'b', 'sub_agent', '/srv/api', '2026-11-22 09:00:00', '2026-11-22 09:01:00',
         55, 50, 5, NULL, NULL, 55, 50, 5, NULL, NULL, NULL, 'openai', '{"model_name":"gpt-5"}', '20261122_1');
      INSERT INTO usage_ledger VALUES
        (1, '20261122_1', 1795338000, 'claude-sonnet-5', 100, 10, 110, 60, 30, 0.5, 'provider_reported', 0),
        (2, '20261122_1', 1795338030, 'claude-sonnet-5', 200, 30, 230, 150, 0, 0.25, 'estimated', 1),
        (3, '20261122_2', 1795338060000, 'gpt-5', 50, 5, 55, NULL, NULL, NULL, NULL, 0);
      """

  Scenario: Each row is a request, and its input includes what a cache served and stored
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 3, repeats 0, rejected 0, ignored 2 (no requests)"
    And the journal agent_usage reads
      | ts                   | session    | project  | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  | served_by | is_subagent |
      | 2026-11-22T09:00:00Z | 20261122_1 | /srv/api | claude-sonnet-5 | 10           | 60                | 30                    | 10            | 0.5  | anthropic |             |
      | 2026-11-22T09:00:30Z | 20261122_1 | /srv/api | claude-sonnet-5 | 50           | 150               |                       | 30            | 0.25 | anthropic |             |
      | 2026-11-22T09:01:00Z | 20261122_2 | /srv/api | gpt-5           | 50           |                   |                       | 5             |      | openai    | true        |

  Scenario: A version without rows for requests has totals of sessions, of which the increase counts
    Given the database .local/share/goose/sessions/sessions.db after
      """
      DROP TABLE usage_ledger;
      """
    When I run "bin/ingest goose"
    And I run "bin/ingest goose"
    Given the database .local/share/goose/sessions/sessions.db after
      """
      UPDATE sessions SET accumulated_input_tokens = 1300, accumulated_output_tokens = 90, accumulated_cache_read_tokens = 810,
        accumulated_cost = 1.25, updated_at = '2026-11-22 11:00:00' WHERE id = '20261122_1';
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 1, repeats 1, rejected 0"
    And the journal agent_usage reads
      | ts                   | session    | project  | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  | served_by |
      | 2026-11-22T09:00:30Z | 20261122_1 | /srv/api | claude-sonnet-5 | 60           | 210               | 30                    | 40            | 0.75 | anthropic |
      | 2026-11-22T09:01:00Z | 20261122_2 | /srv/api | gpt-5           | 50           |                   |                       | 5             |      | openai    |
      | 2026-11-22T11:00:00Z | 20261122_1 | /srv/api | claude-sonnet-5 | 400          | 600               |                       | 50            | 0.5  | anthropic |

  Scenario: Without the cache, the book shows what was counted
    Given the database .local/share/goose/sessions/sessions.db after
      """
      DROP TABLE usage_ledger;
      """
    When I run "bin/ingest goose"
    Given the folder cache of the book is gone
    And the database .local/share/goose/sessions/sessions.db after
      """
      UPDATE sessions SET accumulated_output_tokens = 45, updated_at = '2026-11-22 11:00:00' WHERE id = '20261122_1';
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 1, repeats 1, rejected 0"
    And the journal agent_usage reads
      | session    | input_tokens | output_tokens |
      | 20261122_1 | 60           | 40            |
      | 20261122_2 | 50           | 5             |
      | 20261122_1 |              | 5             |

  Scenario: A session that goes on after an update counts once, though Goose adds a row with its totals
    Given the database .local/share/goose/sessions/sessions.db after
      """
      DELETE FROM usage_ledger;
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 2, repeats 0, rejected 0"
    Given the database .local/share/goose/sessions/sessions.db after
      """
      INSERT INTO usage_ledger VALUES
        (1, '20261122_1', 1795345200, NULL, 300, 40, 340, 210, 30, 0.75, 'carried_forward', 0),
        (2, '20261122_1', 1795345200, 'claude-sonnet-5', 100, 10, 110, 100, 0, 0.125, 'estimated', 0);
      UPDATE sessions SET accumulated_total_tokens = 450, accumulated_input_tokens = 400, accumulated_output_tokens = 50,
        accumulated_cache_read_tokens = 310, accumulated_cost = 0.875, updated_at = '2026-11-22 11:00:00' WHERE id = '20261122_1';
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 1, repeats 2, rejected 0"
    And the journal agent_usage reads
      | ts                   | session    | input_tokens | cache_read_tokens | output_tokens | usd   |
      | 2026-11-22T09:00:30Z | 20261122_1 | 60           | 210               | 40            | 0.75  |
      | 2026-11-22T09:01:00Z | 20261122_2 | 50           |                   | 5             |       |
      | 2026-11-22T11:00:00Z | 20261122_1 |              | 100               | 10            | 0.125 |

  Scenario: An early version, with fewer columns
    Given the database .local/share/goose/sessions/sessions.db after
      """
      DROP TABLE usage_ledger;
      ALTER TABLE sessions DROP COLUMN session_type;
      ALTER TABLE sessions DROP COLUMN provider_name;
      ALTER TABLE sessions DROP COLUMN model_config_json;
      ALTER TABLE sessions DROP COLUMN accumulated_cost;
      ALTER TABLE sessions DROP COLUMN accumulated_cache_read_tokens;
      ALTER TABLE sessions DROP COLUMN accumulated_cache_write_tokens;
      ALTER TABLE sessions DROP COLUMN cache_read_tokens;
      ALTER TABLE sessions DROP COLUMN cache_write_tokens;
      """
    When I run "bin/ingest goose"
    Then the journal agent_usage reads
      | session    | model | input_tokens | output_tokens |
      | 20261122_1 | null  | 300          | 40            |
      | 20261122_2 | null  | 50           | 5             |

  Scenario: A version with rows for requests and fewer columns has requests, not totals of sessions
    Given the database .local/share/goose/sessions/sessions.db after
      """
      ALTER TABLE usage_ledger DROP COLUMN cost;
      ALTER TABLE usage_ledger DROP COLUMN cache_write_tokens;
      ALTER TABLE sessions DROP COLUMN session_type;
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 3, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session    | project  | model           | input_tokens | cache_read_tokens | output_tokens |
      | 2026-11-22T09:00:00Z | 20261122_1 | /srv/api | claude-sonnet-5 | 40           | 60                | 10            |
      | 2026-11-22T09:00:30Z | 20261122_1 | /srv/api | claude-sonnet-5 | 50           | 150               | 30            |
      | 2026-11-22T09:01:00Z | 20261122_2 | /srv/api | gpt-5           | 50           |                   | 5             |

  Scenario: Rows for requests that cannot be read are named, and no totals take their place
    Given the database .local/share/goose/sessions/sessions.db after
      """
      ALTER TABLE usage_ledger RENAME COLUMN created_timestamp TO created_time;
      """
    When I run "bin/ingest goose"
    Then it exits with 65 and prints
      """
      goose: accepted 0, repeats 0, rejected 1
      """
    And the journal rejects/goose has 1 row

  Scenario: What a newer version of burnbook booked of a session is left alone
    Given the database .local/share/goose/sessions/sessions.db after
      """
      DROP TABLE usage_ledger;
      """
    When I run "bin/ingest goose"
    Given row 1 of the journal agent_usage is of schema_version 99, from burnbook 9.0.0
    And the database .local/share/goose/sessions/sessions.db after
      """
      UPDATE sessions SET accumulated_output_tokens = 45, updated_at = '2026-11-22 11:00:00';
      """
    When I run "bin/ingest goose"
    Then it prints "goose: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
