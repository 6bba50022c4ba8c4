Feature: opencode's database

  Background:
    Given the database .local/share/opencode/opencode.db after
      """
      PRAGMA journal_mode = WAL;
      CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
      INSERT INTO message VALUES
        ('msg_1', 'ses_1', 1795338000000, 1795338000000, '{"role":"user","time":{"created":1795338000000}}'),
        ('msg_2', 'ses_1', 1795338000000, 1795338001000, '{"role":"assistant","modelID":"glm-4.6","providerID":"zai","agent":"build","path":{"cwd":"/srv/api","root":"/srv/api"},"cost":0.5,"tokens":{"total":27,"input":5,"output":6,"reasoning":1,"cache":{"read":7,"write":8}},"time":{"created":1795338000000,"completed":1795338001000}}');
      """

  Scenario: Each answer is a request
    When I run "bin/ingest opencode"
    Then it prints "opencode: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | session | project  | model   | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | reasoning_tokens | usd | served_by |
      | 2026-11-22T09:00:01Z | ses_1   | /srv/api | glm-4.6 | 5            | 7                 | 8                     | 7             | 1                | 0.5 | zai       |

  Scenario: An unchanged database is not opened again
    When I run "bin/ingest opencode"
    And I run "bin/ingest opencode --format json"
    Then the JSON value at "files" is 0

  Scenario: An answer that grew, and a new one
    When I run "bin/ingest opencode"
    Given the database .local/share/opencode/opencode.db after
      """
      UPDATE message SET time_updated = 1795338002000, data = json_set(data, '$.tokens.output', 16, '$.tokens.total', 37) WHERE id = 'msg_2';
      INSERT INTO message SELECT 'msg_3', 'ses_2', time_created, 1795345201000, json_set(data, '$.time.completed', 1795345201000) FROM message WHERE id = 'msg_2';
      """
    When I run "bin/ingest opencode"
    Then the journal agent_usage reads
      | ts                   | session | output_tokens |
      | 2026-11-22T09:00:01Z | ses_1   | 7             |
      | 2026-11-22T11:00:01Z | ses_2   | 17            |
      | 2026-11-22T09:00:01Z | ses_1   | 17            |

  Scenario: A message that an older version wrote to a file counts once
    Given the file .local/share/opencode/storage/message/ses_1/msg_2.json with
      """
      {"id":"msg_2","sessionID":"ses_1","role":"assistant","modelID":"glm-4.6","tokens":{"total":27,"input":5,"output":6,"reasoning":1,"cache":{"read":7,"write":8}},"time":{"created":1795338000000,"completed":1795338001000}}
      """
    And the file .local/share/opencode/storage/message/ses_1/msg_0.json with
      """
      {"id":"msg_0","sessionID":"ses_1","role":"assistant","modelID":"glm-4.6","tokens":{"input":5,"output":6,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":1795337000000,"completed":1795337001000}}
      """
    When I run "bin/ingest opencode"
    Then it prints "opencode: accepted 2, repeats 1, rejected 0, ignored 1 (no requests)"

  Scenario: An answer that has not begun, or was interrupted, is not a request yet
    Given the database .local/share/opencode/opencode.db after
      """
      UPDATE message SET data = '{"role":"assistant","modelID":"m","cost":0,"tokens":{"input":0,"output":0,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":1795338000000}}' WHERE id = 'msg_2';
      """
    When I run "bin/ingest opencode"
    Then it prints "opencode: accepted 0, repeats 0, rejected 0, ignored 2 (no requests)"

  Scenario: Each release channel has a database
    Given the database .local/share/opencode/opencode-beta.db after
      """
      CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
      INSERT INTO message VALUES
        ('msg_9', 'ses_9', 1795338000000, 1795338001000, '{"role":"assistant","modelID":"m","tokens":{"input":5,"output":6},"time":{"created":1795338000000,"completed":1795338009000}}');
      """
    When I run "bin/ingest opencode"
    Then it prints "opencode: accepted 2, repeats 0, rejected 0, ignored 1 (no requests)"

  Scenario: A database of a newer schema is named
    Given the database .local/share/opencode/opencode.db after
      """
      ALTER TABLE message RENAME TO event;
      """
    When I run "bin/ingest opencode"
    Then it exits with 65 and prints
      """
      opencode: accepted 0, repeats 0, rejected 1
      """

  Scenario: A database by name
    When I run "bin/ingest opencode --file .local/share/opencode/opencode.db"
    Then it prints "opencode: accepted 1, repeats 0, rejected 0, ignored 1 (no requests)"
