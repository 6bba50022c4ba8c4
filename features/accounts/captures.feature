Feature: Meters of the agent's own files, from the folders of its account

  Background:
    Given the config file agents.toml says
      """
      [agents.ada]
      provider = "codex"
      capture  = "rollouts"

      [agents.bo]
      provider = "claude"
      capture  = "statusline"
      """

  Scenario: Rollouts of another account are not read
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["ada"]
      homes    = ["~/.codex-work"]
      """
    And the rollout a in .codex contains
      | at    | 5h            | weekly                   |
      | 09:00 | 10 till 13:10 | 30 till 2026-11-26 00:00 |
    And the rollout b in .codex-work contains
      | at    | 5h            | weekly                   |
      | 08:50 | 20 till 12:00 | 40 till 2026-11-27 00:00 |
    When I run "bin/snapshot start codex --capture --window W1 --agent ada" at 09:01
    Then the journal snapshots reads
      | home          | 5h | weekly |
      | ~/.codex-work | 20 | 40     |

  Scenario: Of several folders without an account, the one with the newest rollout counts alone
    Given the rollout a in .codex contains
      | at    | 5h            | weekly                   |
      | 09:00 | 10 till 13:10 | 30 till 2026-11-26 00:00 |
    And the rollout b in .codex-work contains
      | at    | 5h            | weekly                   |
      | 08:50 | 20 till 12:00 | 40 till 2026-11-27 00:00 |
    And CODEX_HOME is set to "~/.codex, ~/.codex-work"
    When I run "bin/snapshot start codex --capture --window W1 --agent ada" at 09:01
    Then the journal snapshots reads
      | home     | 5h | weekly |
      | ~/.codex | 10 | 30     |

  Scenario: Status lines of two folders are booked apart, and captured apart
    Given CLAUDE_CONFIG_DIR is set to "~/.claude-work"
    And the JSON of a status line
      | session | 5h            |
      | a       | 20 till 13:00 |
    And the JSON was piped into "bin/statusline" at 09:00
    And CLAUDE_CONFIG_DIR is set to "~/.claude"
    And the JSON of a status line
      | session | 5h            |
      | b       | 10 till 13:00 |
    When I pipe the JSON into "bin/statusline" at 09:01
    Then it prints
      """
      burnbook | 5h 10% (3h 59m)
      """
    And the journal meters reads
      | home           | session |
      | ~/.claude-work | 20      |
      | ~/.claude      | 10      |
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "claude"
      agents   = ["bo"]
      homes    = ["~/.claude-work"]
      """
    And CLAUDE_CONFIG_DIR is not set
    When I run "bin/snapshot start claude --capture --window W1 --agent bo" at 09:02
    Then the journal snapshots reads
      | home           | session |
      | ~/.claude-work | 20      |
