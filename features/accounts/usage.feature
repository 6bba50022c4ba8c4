Feature: Usage by account

  Background:
    Given agents used, with their folder .codex-work
      | tool  | input | output | session |
      | codex | 1000  | 0      | s1      |
    And agents used, with their folder .codex
      | tool  | input | output | session |
      | codex | 100   | 0      | s2      |
    And agents used, with their folder .claude-work
      | tool   | input | output |
      | claude | 10    | 0      |

  Scenario: Without accounts, each folder of an agent is kept apart
    When I run "bin/usage account --format json"
    Then the JSON rows at "rows" are
      | period         | tool   | total_tokens |
      | ~/.codex-work  | codex  | 1000         |
      | ~/.codex       | codex  | 100          |
      | ~/.claude-work | claude | 10           |

  Scenario: An account has the requests of its folders
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider      = "codex"
      plan          = "pro"
      usd_per_month = 200
      homes         = ["~/.codex-work", "~/.claude-work"]
      """
    When I run "bin/usage account --format json"
    Then the JSON rows at "rows" are
      | period   | tool   | total_tokens |
      | work     | claude | 10           |
      | work     | codex  | 1000         |
      | ~/.codex | codex  | 100          |
    When I run "bin/usage account"
    Then it prints the lines
      """
      work: codex, pro, 200 USD a month
      """

  Scenario: A folder belongs to one account
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      homes    = ["~/.codex"]

      [accounts.private]
      provider = "codex"
      homes    = ["~/.codex"]
      """
    When I run "bin/usage account"
    Then it exits with 78 and says "usage: CONFIG/accounts.toml: accounts.private.homes[0] = '~/.codex' is not valid; valid: a folder of one account (work has it)"

  Scenario: An account has the requests of its agents
    Given the config file accounts.toml says
      """
      [accounts.team]
      provider = "claude"
      agents   = ["ada"]
      """
    And agents used
      | agent | tool   | session | at    | input | output |
      | ada   | claude | s3      | 10:00 | 1     | 0      |
      | bo    | claude | s4      | 11:00 | 2     | 0      |
    When I run "bin/usage account --tool claude --format json"
    Then the JSON rows at "rows" are
      | period         | total_tokens |
      | ~/.claude-work | 10           |
      | null           | 2            |
      | team           | 1            |
