Feature: a mistake in the config is one sentence

  It names the file, the key, the value, and what is valid, and the exit code is 78.

  Scenario Outline: windows.toml: <mistake>
    Given the config file windows.toml says
      """
      timezone = "UTC"
      <setting>

      [windows.W0-CHN]
      title = "Automation pack"
      <entry>
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "preview: CONFIG/windows.toml<sentence>"
    And nothing was created

    Examples: at the top
      | mistake              | setting               | entry | sentence                                                                              |
      | unknown key          | time_zone = "UTC"     |       | : unknown key time_zone; valid: lag_buffer, last_look, missed_after, raw_panes, reset_time, timezone, windows  |
      | wrong type           | lag_buffer = 5        |       | : lag_buffer = 5 is not valid; valid: expected `str`, got `int`                       |
      | no length of time    | lag_buffer = "soon"   |       | : lag_buffer = 'soon' is not valid; valid:                                            |
      | no time of day       | reset_time = "24:01"  |       | : reset_time = '24:01' is not valid; valid:                                           |
      | no such choice       | raw_panes = "all"     |       | : raw_panes = 'all' is not valid; valid:                                              |

    Examples: in a window
      | mistake              | setting | entry               | sentence                                                                        |
      | unknown key          |         | titel = "x"         | : unknown key windows.W0-CHN.titel; valid: budget, ends, next, title            |
      | wrong type           |         | next = 7            | : windows.W0-CHN.next = 7 is not valid; valid: expected `str \| null`, got `int` |
      | a next that is none  |         | next = "W0-CHP"     | : windows.W0-CHN.next = 'W0-CHP' is not valid; valid: W0-CHN                    |
      | a budget that is none|         | budget = "huge"     | : windows.W0-CHN.budget = 'huge' is not valid; valid: default                   |
      | no moment            |         | ends = "Monday"     | : windows.W0-CHN.ends = 'Monday' is not valid; valid:                           |

  Scenario Outline: <file> is not TOML
    Given the config file <file> says
      """
      # a comment is no mistake
      <line>
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/<file> is not TOML: <reason>
      """
    And nothing was created

    Examples:
      | file         | line                     | reason                                                                   |
      | windows.toml | lag_buffer = 5m          | Expected newline or end of document after a statement (at line 2, column 15) |
      | budgets.toml | [budgets.default         | Expected ']' at the end of a table declaration (at end of document)     |
      | preview.toml | blocks =                 | Invalid value (at end of document)                                       |
      | preview.toml | effect = 0.5, effect = 1 | Expected newline or end of document after a statement (at line 2, column 13) |

  Scenario Outline: a time zone that does not exist, <zone>
    Given the setting timezone of windows.toml is "<zone>"
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: timezone: unknown time zone '<zone>'; valid: local, or an
      IANA name such as Europe/Berlin
      """
    And nothing was created

    Examples:
      | zone             |
      | Mars/Olympus     |
      | ../../etc/passwd |
      | /etc/localtime   |

  Scenario: windows that are no tables
    Given the config file windows.toml says
      """
      windows = ["W0-CHN"]
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: windows = ['W0-CHN'] is not valid; valid: tables such as
      [windows.NAME]
      """

  Scenario: a window whose name is no id
    Given the config file windows.toml says
      """
      [windows."../x"]
      title = "out of the book"
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: windows.../x = '../x' is not valid; valid: an id, 1 to 64 of A-Z
      a-z 0-9 . _ - and a letter or digit first
      """

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
      | budgets.toml | unknown key   | [budgets.default] | tokens = 1            | bin/preview     | : unknown key budgets.default.tokens; valid: capacity_tokens, target_tokens, warn       |
      | budgets.toml | unknown table | [budget.default]  |                       | bin/preview     | : unknown key budget; valid: budgets                                                    |
      | budgets.toml | wrong type    | [budgets.default] | target_tokens = "all" | bin/preview     | : budgets.default.target_tokens = 'all' is not valid; valid: expected `int`, got `str`  |
      | budgets.toml | out of range  | [budgets.default] | target_tokens = 0     | bin/preview     | : budgets.default.target_tokens = 0 is not valid; valid:                                |
      | budgets.toml | out of range  | [budgets.default] | warn = [0.5, 11.0]    | bin/preview     | : budgets.default.warn[1] =                                                             |
      | preview.toml | unknown key   |                   | colour = "red"        | bin/preview     | : unknown key colour; valid: bar_width, blocks, effect, snapshots                       |
      | preview.toml | out of range  |                   | bar_width = 61        | bin/preview     | : bar_width = 61 is not valid; valid:                                                   |
      | agents.toml  | unknown key   | [agents.main]     | captured = []         | bin/aliases     | : unknown key agents.main.captured; valid: alias, capture, provider, timeout_seconds    |
      | agents.toml  | missing key   | [agents.main]     |                       | bin/aliases     | : agents.main: object missing required field `provider`                                 |
      | agents.toml  | wrong type    | [agents.main]     | provider = 5          | bin/aliases     | : agents.main.provider = 5 is not valid; valid: expected `str`, got `int`               |

  Scenario: a block of preview.toml that nobody has written
    Given the config file preview.toml says
      """
      blocks = ["window", "weather"]
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "CONFIG/preview.toml: no block is called 'weather'; valid: anomalies, budget, efficiency"
    And nothing was created

  Scenario: an agent of a provider that nobody knows
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "abacus"
      alias    = "q"
      """
    When I run "bin/aliases"
    Then it exits with 78 and says "CONFIG/agents.toml: agents.main.provider = 'abacus' is not valid; valid: claude, codex, glm"
    And nothing was created

  Scenario: the capture is a string where it should be a list of words
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "codex /status"
      """
    When I run "bin/snapshot start codex --capture"
    Then it exits with 78 and says "CONFIG/agents.toml: agents.main.capture = 'codex /status' is not valid; valid: a list of words, or rollouts, statusline, tmux"
    And nothing was created

  Scenario: no config directory
    When I run "bin/preview --config-dir nowhere"
    Then it exits with 78 and says "preview: no config directory at HOME/nowhere"
    And nothing was created

  Scenario: a mistake in a file that a command does not need does not stop it
    Given the config file agents.toml says
      """
      [agents
      """
    When Ada starts codex at 09:00 with 5h 11%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11% (ID)"
