Feature: Kilo CLI's database

  Background:
    Given the database .local/share/kilo/kilo.db after
      """
      PRAGMA journal_mode = WAL;
      CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
      CREATE INDEX recall_message_role_idx ON message (json_extract(data, '$.role'), session_id, time_created);
      INSERT INTO message VALUES
        ('msg_1', 'ses_1', 1795338000000, 1795338000000, '{"role":"user","time":{"created":1795338000000},"agent":"code"}'),
        ('msg_2', 'ses_1', 1795338000000, 1795338001000, '{"role":"assistant","modelID":"glm-5","providerID":"kilo","mode":"code","agent":"code","path":{"cwd":"/srv/api","root":"/srv/api"},"cost":0.5,"tokens":{"total":30,"input":10,"output":5,"reasoning":3,"cache":{"write":0,"read":12}},"time":{"created":1795338000000,"completed":1795338001000},"finish":"tool-calls"}'),
        ('msg_3', 'ses_1', 1795338001000, 1795338002000, '{"role":"assistant","modelID":"glm-5","providerID":"kilo","mode":"code","agent":"code","path":{"cwd":"/srv/api","root":"/srv/api"},"cost":0,"tokens":{"total":41,"input":20,"output":5,"reasoning":4,"cache":{"write":0,"read":12}},"time":{"created":1795338001000,"completed":1795338002000},"finish":"stop"}');
      """

  Scenario: Each answer is a request, with the reasoning beside its output
    When I run "bin/ingest kilo"
    Then it prints "kilo: accepted 2, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | tool | session | project  | model | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens | usd | served_by |
      | 2026-11-22T09:00:01Z | kilo | ses_1   | /srv/api | glm-5 | 10           | 12                | 8             | 3                | 0.5 | kilo      |
      | 2026-11-22T09:00:02Z | kilo | ses_1   | /srv/api | glm-5 | 20           | 12                | 9             | 4                | 0   | kilo      |

  Scenario: A message that an earlier version wrote to a file counts once
    Given the file .local/share/kilo/storage/message/ses_1/msg_2.json with
      """
      {"id":"msg_2","sessionID":"ses_1","role":"assistant","modelID":"glm-5","tokens":{"total":30,"input":10,"output":5,"reasoning":3,"cache":{"write":0,"read":12}},"time":{"created":1795338000000,"completed":1795338001000}}
      """
    And the file .local/share/kilo/storage/message/ses_0/msg_0.json with
      """
      {"id":"msg_0","sessionID":"ses_0","role":"assistant","modelID":"glm-5","tokens":{"input":7,"output":1,"reasoning":0,"cache":{"write":0,"read":0}},"time":{"created":1795337000000,"completed":1795337001000}}
      """
    When I run "bin/ingest kilo"
    Then it prints "kilo: accepted 3, repeats 1, rejected 0, ignored 1 (no requests)"

  Scenario: Messages of opencode are not those of Kilo
    Given the database .local/share/opencode/opencode.db after
      """
      CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
      INSERT INTO message VALUES
        ('msg_9', 'ses_9', 1795338000000, 1795338001000, '{"role":"assistant","modelID":"m","tokens":{"input":5,"output":6},"time":{"created":1795338000000,"completed":1795338009000}}');
      """
    When I run "bin/ingest"
    Then it prints the lines
      """
      3 new requests of kilo, opencode
      """
