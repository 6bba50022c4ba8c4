Feature: Without a feed, ingest reads the logs of every agent on this machine

  Background:
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      {"type":"user","timestamp":"2026-11-22T09:01:00.000Z","sessionId":"s1","message":{"usage":{}}}
      """
    And the file .qwen/projects/p/chats/s2.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","uuid":"u1","sessionId":"s2","model":"m","usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2}}
      {"type":"assistant","timestamp":"2026-11-22T09:01:00.000Z","uuid":"u2","sessionId":"s2","model":"m","usageMetadata":{"promptTokenCount":6,"candidatesTokenCount":2}}
      """

  Scenario: A line for each agent that has a folder here, and a total
    When I run "bin/ingest"
    Then it prints
      """
      3 new requests of claude, qwen
        agent   files  accepted  duplicates  rejected  ignored
        claude      1         1           0         0        1
        qwen        1         2           0         0        0
        total       2         3           0         0        1
      """
    And the journal agent_usage has 3 rows
    When I run "bin/ingest --all"
    Then it prints the lines
      """
      0 new requests of claude, qwen
      """
    And the journal agent_usage has 3 rows

  Scenario: JSON has a list of the feeds and their totals
    When I run "bin/ingest --format json"
    Then the JSON rows at "feeds" are
      | feed   | files | accepted | duplicates | rejected | ignored | error | code |
      | claude | 1     | 1        | 0          | 0        | 1       | null  | 0    |
      | qwen   | 1     | 2        | 0          | 0        | 0       | null  | 0    |
    And the JSON has
      | path            | value |
      | totals.accepted | 3     |
      | totals.ignored  | 1     |

  Scenario: A feed that fails does not stop the others
    Given the config file feeds/claude.toml says
      """
      journal = "agent_usage"
      roots   = 7
      """
    When I run "bin/ingest"
    Then it exits with 78 and prints
      """
      2 new requests of qwen; failed: claude
        agent    files  accepted  duplicates  rejected  ignored
        claude  failed         -           -         -        -
        qwen         1         2           0         0        0
        total        1         2           0         0        0
      """
    And the journal agent_usage has 2 rows

  Scenario: An agent whose lines are all bad has the exit code that it has alone
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"then","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3}}}
      """
    When I run "bin/ingest"
    Then it exits with 65 and prints
      """
      2 new requests of claude, qwen
        agent   files  accepted  duplicates  rejected  ignored
        claude      1         0           0         1        0
        qwen        1         2           0         0        0
        total       2         2           0         1        0
      """

  Scenario: No agent has a folder on this machine
    Given HOME is set to "/nowhere"
    When I run "bin/ingest"
    Then it exits with 66 and says "ingest: no agent has logs on this machine; searched the folders of "
    And nothing was created

  Scenario: Lines on stdin need the name of their feed
    Given the lines
      """
      {"rid":"r1"}
      """
    When I pipe the JSON into "bin/ingest"
    Then it exits with 2 and says "ingest: stdin has lines, but no feed is named; name theirs, as in: ingest proxy-telemetry"
    And nothing was created

  Scenario: just ingest reads every agent's logs as well
    When I run "just ingest --format json"
    Then the JSON value at "totals.accepted" is 3
    When I run "just ingest"
    Then it prints the lines
      """
      0 new requests of claude, qwen
      """
    When I run "just ingest qwen"
    Then it prints "qwen: accepted 0, repeats 0, rejected 0"
