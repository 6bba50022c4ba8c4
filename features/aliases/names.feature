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

  Scenario: Two agents with one letter
    Given the config file agents.toml says
      """
      [agents.ada]
      provider = "codex"
      alias    = "q"

      [agents.bo]
      provider = "claude"
      alias    = "q"
      """
    When I run "bin/aliases"
    Then it prints the lines
      """
      unalias qs qe qx qd 2>/dev/null || :
      qs() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/snapshot start codex "$@"; }
      """
    And it prints no line with "claude"
    And it warns
      """
      aliases: agents.bo has no functions: its alias 'q' is that of agents.ada; choose another letter in agents.toml
      """

  Scenario: For fish
    When I run "bin/aliases --shell fish --only y"
    Then it prints
      """
      function ys; test -n "$AGENT_ID"; or set -lx AGENT_ID bo; 'PROJECT/bin/snapshot' start claude $argv; end
      function ye; test -n "$AGENT_ID"; or set -lx AGENT_ID bo; 'PROJECT/bin/snapshot' end claude $argv; end
      function yx; test -n "$AGENT_ID"; or set -lx AGENT_ID bo; 'PROJECT/bin/snapshot' cross claude $argv; end
      function yd; test -n "$AGENT_ID"; or set -lx AGENT_ID bo; 'PROJECT/bin/undo' claude $argv; end
      """
