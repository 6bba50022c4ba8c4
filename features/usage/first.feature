Feature: Usage of an empty book names the command that fills it

  Scenario: Without a terminal it asks nothing and writes nothing
    Given the file .codex/sessions/2026/11/22/rollout-1.jsonl with
      """
      """
    And the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """
    When I run "bin/usage"
    Then it prints "daily: no usage in the book; run ./just ingest to read the logs of claude, codex"
    And nothing was written
    When I run "bin/usage --format markdown"
    Then it prints "- **daily: no usage in the book; run ./just ingest to read the logs of claude, codex**"
    When I run "just ingest"
    And I run "just usage"
    Then it prints the lines
      """
      2026-11-22 3 0 0 1 4 -
      """

  Scenario: --fresh is gone
    When I run "bin/usage --fresh"
    Then it exits with 2 and says "usage: --fresh is gone, because reports write nothing; run ./just ingest first"
