Feature: short shell functions for the configured agents

  `eval "$(bin/aliases)"` defines four functions an agent: the letter of the agent, then s to start,
  e to end, x to cross and d to undo.

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

  Scenario: of every agent that has a letter
    When I run "bin/aliases"
    Then it prints the lines
      """
      qs() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/snapshot start codex "$@"; }
      qe() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/snapshot end codex "$@"; }
      qx() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/snapshot cross codex "$@"; }
      qd() { AGENT_ID="${AGENT_ID:-ada}" PROJECT/bin/undo codex "$@"; }
      ys() { AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/snapshot start claude "$@"; }
      ye() { AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/snapshot end claude "$@"; }
      yx() { AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/snapshot cross claude "$@"; }
      yd() { AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/undo claude "$@"; }
      """
    And it prints no line with "glm"
    And it notes nothing
    And nothing was created

  Scenario: of one agent
    When I run "bin/aliases --only y --format json"
    Then the JSON has
      | path | value                                                              |
      | ys   | AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/snapshot start claude "$@"  |
      | qs   |                                                                    |

  Scenario: a shell takes them as they are
    Given AGENT_ID is not set
    When a shell that has evaluated "bin/aliases" runs
      """
      qs --set 5h=11 --at 2026-11-22T09:00Z --notes 'two words'
      qe --set 5h=51 --at 2026-11-22T12:30Z
      """
    Then it prints
      """
      BEFORE W0-CHN ada codex: 5h 11% (ID)
      AFTER W0-CHN ada codex: 5h 51% (ID)
      """
    And row 1 of the journal snapshots has "notes" two words

  Scenario: the way back
    Given AGENT_ID is not set
    When a shell that has evaluated "bin/aliases" runs
      """
      qs --set 5h=11 --at 2026-11-22T09:00Z >/dev/null
      qd
      """
    Then it prints "undone: BEFORE of codex for ada in W0-CHN, taken 2026-11-22 09:00 (ID)"

  Scenario: AGENT_ID wins over the agent of the config
    Given AGENT_ID is set to "zoe"
    When a shell that has evaluated "bin/aliases" runs
      """
      qs --set 5h=11 --at 2026-11-22T09:00Z
      """
    Then it prints "BEFORE W0-CHN zoe codex: 5h 11% (ID)"

  Scenario: a name that hides a command of the system
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
    And it notes
      """
      aliases: these names hide commands of your system: od (`command od` still runs the command;
      choose another alias letter in agents.toml)
      """

  Scenario: a letter that nobody has
    When I run "bin/aliases --only k"
    Then it exits with 2 and says
      """
      aliases: alias 'k' is not declared; valid: q, y
      """
