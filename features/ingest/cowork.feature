Feature: Claude Desktop's local agent mode (Cowork) counts with Claude Code

  Background:
    Given the file .config/Claude/local-agent-mode-sessions/org-1/login-1/local_1/.claude/projects/-srv-out/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:01.000Z","sessionId":"s1","cwd":"/srv/out","requestId":"req_1","message":{"id":"msg_1","model":"claude-opus-5","usage":{"input_tokens":1000,"output_tokens":100}}}
      """
    And the file .config/Claude/local-agent-mode-sessions/org-1/login-1/local_1/audit.jsonl with
      """
      {"type":"assistant","_audit_timestamp":"2026-11-22T09:00:01.000Z","session_id":"s1","uuid":"u1","message":{"id":"msg_1","model":"claude-opus-5","usage":{"input_tokens":1000,"output_tokens":100}}}
      """

  Scenario: Transcripts of tasks count once, and the audit log that repeats them does not
    When I run "bin/ingest claude"
    Then it prints "claude: accepted 1, repeats 0, rejected 0"
    And the journal agent_usage reads
      | session | project  | input_tokens | home                                                      |
      | s1      | /srv/out | 1000         | ~/.config/Claude/local-agent-mode-sessions/org-1/login-1 |

  Scenario: The folder of macOS, subagents, and tasks of other kinds
    Given the file Library/Application Support/Claude/local-agent-mode-sessions/org-1/login-2/local_2/.claude/projects/-srv/s2/subagents/workflows/wf_1/agent-7.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:02.000Z","sessionId":"s2","isSidechain":true,"requestId":"req_2","message":{"id":"msg_2","model":"claude-opus-5","usage":{"input_tokens":200,"output_tokens":20}}}
      """
    And the file Library/Application Support/Claude/local-agent-mode-sessions/org-1/login-2/local_2/.claude/projects/-srv/s2/subagents/workflows/wf_1/agent-7.meta.json with
      """
      {"agentType":"workflow-subagent","spawnDepth":1}
      """
    And the file Library/Application Support/Claude/local-agent-mode-sessions/org-1/login-2/agent/local_3/.claude/projects/-srv/s3.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:03.000Z","sessionId":"s3","requestId":"req_3","message":{"id":"msg_3","model":"claude-opus-5","usage":{"input_tokens":300,"output_tokens":30}}}
      """
    When I run "bin/ingest claude"
    Then the journal agent_usage reads
      | session | input_tokens | is_subagent | subagent          |
      | s1      | 1000         |             |                   |
      | s2      | 200          | true        | workflow-subagent |
      | s3      | 300          |             |                   |

  Scenario: CLAUDE_CONFIG_DIR names folders of Claude Code alone
    Given CLAUDE_CONFIG_DIR is set to "/nowhere"
    When I run "bin/ingest claude"
    Then it prints "claude: accepted 1, repeats 0, rejected 0"

  Scenario: Each login is an account, unless accounts.toml has a folder above it
    Given the file .claude/projects/-srv-api/s4.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:04.000Z","sessionId":"s4","requestId":"req_4","message":{"id":"msg_4","model":"claude-opus-5","usage":{"input_tokens":400,"output_tokens":40}}}
      """
    And "bin/ingest claude" was run
    When I run "bin/usage account --format json"
    Then the JSON rows at "rows" are
      | period                                                    | total_tokens |
      | ~/.config/Claude/local-agent-mode-sessions/org-1/login-1 | 1100         |
      | ~/.claude                                                 | 440          |
    Given the config file accounts.toml says
      """
      [accounts.max]
      provider = "claude"
      homes    = ["~/.claude", "~/.config/Claude"]
      """
    When I run "bin/usage account --format json"
    Then the JSON rows at "rows" are
      | period | total_tokens |
      | max    | 1540         |
