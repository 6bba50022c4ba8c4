Feature: A mistake in the config is one sentence

  It names the file, the key, the value, and what is valid, and the exit code is 78.

  Scenario Outline: <file>: <mistake>
    Given the config file <file> says
      """
      <table>
      <line>
      """
    When I run "<command>"
    Then it exits with 78 and says "CONFIG/<file><sentence>"
    And nothing was created

    Examples:
      | file         | mistake       | table             | line                  | command         | sentence                                                                                |
      | budgets.toml | unknown key   | [budgets.default] | tokens = 1            | bin/preview     | : unknown key budgets.default.tokens; valid: account, agent, capacity_tokens, meter,    |
      | budgets.toml | unknown table | [budget.default]  |                       | bin/preview     | : unknown key budget; valid: budgets                                                    |
      | budgets.toml | wrong type    | [budgets.default] | target_tokens = "all" | bin/preview     | : budgets.default.target_tokens = 'all' is not valid; valid: expected `int              |
      | budgets.toml | out of range  | [budgets.default] | target_tokens = 0     | bin/preview     | : budgets.default.target_tokens = 0 is not valid; valid:                                |
      | budgets.toml | out of range  | [budgets.default] | warn = [0.5, 11.0]    | bin/preview     | : budgets.default.warn[1] =                                                             |
      | preview.toml | unknown key   |                   | colour = "red"        | bin/preview     | : unknown key colour; valid: bar_width, blocks, effect, snapshots                       |
      | preview.toml | out of range  |                   | bar_width = 61        | bin/preview     | : bar_width = 61 is not valid; valid:                                                   |
      | agents.toml  | unknown key   | [agents.main]     | captured = []         | bin/aliases     | : unknown key agents.main.captured; valid: alias, app_server, capture, provider, timeout_seconds    |
      | agents.toml  | missing key   | [agents.main]     |                       | bin/aliases     | : agents.main: object missing required field `provider`                                 |
      | agents.toml  | wrong type    | [agents.main]     | provider = 5          | bin/aliases     | : agents.main.provider = 5 is not valid; valid: expected `str`, got `int`               |

  Scenario: The config directory does not exist
    When I run "bin/preview --config-dir nowhere"
    Then it exits with 78 and says "preview: no config directory at HOME/nowhere"
    And nothing was created

  Scenario: A mistake in a file that the command does not need has no effect
    Given the config file agents.toml says
      """
      [agents
      """
    When Ada starts codex at 09:00 with 5h 11%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11% (ID)"
