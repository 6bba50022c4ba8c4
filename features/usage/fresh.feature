Feature: usage --fresh reads new lines first

  Scenario: New lines in the agents' folders are read first
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """
    When I run "bin/usage --fresh --format json"
    Then the JSON has
      | path                | value |
      | totals.total_tokens | 4     |
    And the journal agent_usage has 1 row
    When I run "bin/usage --fresh --format json"
    Then the journal agent_usage has 1 row

  Scenario: One tool
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """
    When I run "bin/usage --fresh --tool codex"
    Then the journal agent_usage has 0 rows

  Scenario: Without any agent's folder
    When I run "bin/usage --fresh --format json"
    Then the JSON has
      | path                | value |
      | totals.total_tokens | 0     |
