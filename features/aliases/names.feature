Feature: The letters of the shell functions

  Background:
    Given the config file agents.toml says
      """
      [agents.ada]
      provider = "codex"
      alias    = "q"

      [agents.bo]
      provider = "claude"
      alias    = "y"

      [agents.cleo]
      provider = "glm"
      """

  Scenario: AGENT_ID overrides the agent of the config
    Given AGENT_ID is set to "zoe"
    When a shell that has evaluated "bin/aliases" runs
      """
      qs --set 5h=11 --at 2026-11-22T09:00Z
      """
    Then it prints "BEFORE W0-CHN zoe codex: 5h 11% (ID)"

  Scenario: A name that hides a system command
    Given the config file agents.toml says
      """
      [agents.ada]
      provider = "codex"
      alias    = "o"
      """
    When I run "bin/aliases"
    Then it prints the lines
      """
      od() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/undo codex "$@"; }
      """
    And it warns
      """
      aliases: these names hide commands of your system: od (`command od` still runs the command;
      choose another alias letter in agents.toml)
      """

  Scenario: An unknown letter
    When I run "bin/aliases --only k"
    Then it exits with 2 and says
      """
      aliases: alias 'k' is not declared; valid: q, y
      """
