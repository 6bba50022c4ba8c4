Feature: Claude Code's transcripts count each request once, with its largest usage

  Scenario: Streamed lines, synthetic messages, API errors and an incomplete line
    Given the file .claude/projects/-home-ada-api/s1.jsonl with
      """
      {"type":"user","timestamp":"2026-11-22T09:00:00.000Z","message":{"content":"what does \"usage\" mean?"},"toolUseResult":{"usage":{"input_tokens":9,"output_tokens":9}}}
      {"type":"assistant","timestamp":"2026-11-22T09:00:01.000Z","sessionId":"s1","cwd":"/home/ada/api","gitBranch":"main","requestId":"req_1","message":{"id":"msg_1","model":"claude-opus-4-5","usage":{"input_tokens":3,"cache_read_input_tokens":100,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":1}}}
      {"type":"assistant","timestamp":"2026-11-22T09:00:05.000Z","sessionId":"s1","cwd":"/home/ada/api","gitBranch":"main","requestId":"req_1","message":{"id":"msg_1","model":"claude-opus-4-5","usage":{"input_tokens":3,"cache_read_input_tokens":100,"cache_creation_input_tokens":30,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},"output_tokens":50}}}
      {"type":"assistant","timestamp":"2026-11-22T09:00:06.000Z","sessionId":"s1","message":{"id":"m","model":"<synthetic>","usage":{"input_tokens":0,"output_tokens":7}}}
      {"type":"assistant","timestamp":"2026-11-22T09:00:07.000Z","sessionId":"s1","isApiErrorMessage":true,"message":{"id":"m2","model":"claude-opus-4-5","usage":{"input_tokens":4,"output_tokens":7}}}
      {"type":"assistant","message":{"usage":{"input_tok
      """
    When I run "bin/ingest claude"
    Then it exits with 0, prints "claude: accepted 1, repeats 1, rejected 1, ignored 3 (no requests)" and warns
      """
      ingest: rejected lines and the reasons are in BOOK/rejects/claude.jsonl
      """
    And the journal agent_usage reads
      | ts                   | tool   | session | project | branch | model           | input_tokens | cache_read_tokens | cache_write_5m_tokens | cache_write_1h_tokens | output_tokens | request_id |
      | 2026-11-22T09:00:01Z | claude | s1      | ~/api   | main   | claude-opus-4-5 | 3            | 100               | 10                    | 20                    | 50            | req_1      |
    When I run "bin/ingest claude"
    Then it prints "claude: accepted 0, repeats 0, rejected 0"

  Scenario: A later line of a booked request adds to it
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T23:59:59.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """
    When I run "bin/ingest claude"
    Given the file .claude/projects/p/s2.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-23T00:00:09.000Z","sessionId":"s2","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":40}}}
      """
    When I run "bin/ingest claude"
    Then it prints "claude: accepted 1, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session | output_tokens | superseded.output_tokens |
      | 2026-11-22T23:59:59Z | s1      | 1             |                          |
      | 2026-11-22T23:59:59Z | s1      | 40            | 1                        |

  Scenario: CLAUDE_CONFIG_DIR names the folders
    Given CLAUDE_CONFIG_DIR is set to "/nowhere, /nothing"
    When I run "bin/ingest claude"
    Then it exits with 66 and says
      """
      ingest: no logs: none of the directories of claude exists: /nowhere, /nothing; set CLAUDE_CONFIG_DIR to another folder, or name a file, as in: ingest claude --file LOG
      """
