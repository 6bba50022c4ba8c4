Feature: The config names a plugin that does not exist

  Scenario: An unknown block
    Given the config file preview.toml says
      """
      blocks = ["window", "weather"]
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "CONFIG/preview.toml: unknown block 'weather'; valid: "
    And nothing was created

  Scenario: An unknown provider
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "abacus"
      alias    = "q"
      """
    When I run "bin/aliases"
    Then it exits with 78 and says "CONFIG/agents.toml: agents.main.provider = 'abacus' is not valid; valid: "
    And nothing was created

  Scenario: The capture is a string instead of a list of words
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "codex /status"
      """
    When I run "bin/snapshot start codex --capture"
    Then it exits with 78 and says "CONFIG/agents.toml: agents.main.capture = 'codex /status' is not valid; valid: a list of words, or "
    And nothing was created
