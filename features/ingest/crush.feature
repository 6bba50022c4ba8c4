Feature: Crush's databases, one for each project

  Background:
    Given the database srv/api/.crush/crush.db after
      """
      PRAGMA journal_mode = WAL;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, parent_session_id TEXT, title TEXT NOT NULL, message_count INTEGER NOT NULL DEFAULT 0,
        prompt_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0.0,
        updated_at INTEGER NOT NULL, created_at INTEGER NOT NULL);
      CREATE TABLE messages (
        id TEXT PRIMARY KEY, session_id TEXT NOT NULL, role TEXT NOT NULL, parts TEXT NOT NULL DEFAULT '[]', model TEXT,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, finished_at INTEGER, provider TEXT);
      INSERT INTO sessions VALUES
        ('a1', NULL, 'api',   4, 12000, 300, 0.75, 1795338030, 1795338000),
        ('a2', 'a1', 'agent', 2, 5000,  100, 0.25, 1795338020, 1795338010);
      INSERT INTO messages VALUES
        ('m1', 'a1', 'user',      '[]', NULL,              1795338000, 1795338000, NULL, NULL),
        ('m2', 'a1', 'assistant', '[]', 'claude-sonnet-5', 1795338001, 1795338030, NULL, 'anthropic'),
        ('m3', 'a2', 'assistant', '[]', 'gpt-5-mini',      1795338010, 1795338020, NULL, 'openai');
      """
    And the file .local/share/crush/projects.json with
      """
      {"projects": [
        {"path": "HOME/srv/api", "data_dir": "HOME/srv/api/.crush", "last_accessed": "2026-11-22T09:00:30Z"},
        {"path": "HOME/srv/gone", "data_dir": "HOME/srv/gone/.crush", "last_accessed": "2026-11-21T09:00:30Z"}]}
      """

  Scenario: The cost of a session has that of its subagents
    When I run "bin/ingest crush"
    Then it prints "crush: accepted 2, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session | project   | model           | input_tokens | output_tokens | usd  | served_by | is_subagent |
      | 2026-11-22T09:00:30Z | a1      | ~/srv/api | claude-sonnet-5 | 12000        | 300           | 0.75 | anthropic |             |
      | 2026-11-22T09:00:20Z | a2      | ~/srv/api | gpt-5-mini      | 5000         | 100           | 0    | openai    | true        |

  Scenario: What a session gains between two calls is a request
    When I run "bin/ingest crush"
    Given the database srv/api/.crush/crush.db after
      """
      UPDATE sessions SET prompt_tokens = 15000, completion_tokens = 450, cost = 1.25, updated_at = 1795345200 WHERE id = 'a1';
      """
    When I run "bin/ingest crush"
    Then it prints "crush: accepted 1, repeats 1, rejected 0"
    And the journal agent_usage reads
      | ts                   | session | input_tokens | output_tokens | usd  |
      | 2026-11-22T09:00:30Z | a1      | 12000        | 300           | 0.75 |
      | 2026-11-22T09:00:20Z | a2      | 5000         | 100           | 0    |
      | 2026-11-22T11:00:00Z | a1      | 3000         | 150           | 0.5  |

  Scenario: A session that was summarized begins anew, and keeps its cost
    When I run "bin/ingest crush"
    Given the database srv/api/.crush/crush.db after
      """
      UPDATE sessions SET prompt_tokens = 0, completion_tokens = 450, cost = 1.25, updated_at = 1795345200 WHERE id = 'a1';
      """
    When I run "bin/ingest crush"
    Then the journal agent_usage reads
      | session | input_tokens | output_tokens | usd  |
      | a1      | 12000        | 300           | 0.75 |
      | a2      | 5000         | 100           | 0    |
      | a1      |              | 450           | 0.5  |

  Scenario: A version that did not name the provider
    Given the database srv/api/.crush/crush.db after
      """
      ALTER TABLE messages DROP COLUMN provider;
      """
    When I run "bin/ingest crush"
    Then it prints "crush: accepted 2, repeats 0, rejected 0"
