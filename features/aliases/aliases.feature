Feature: Short shell functions for the configured agents

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

  Scenario: Every agent with a letter gets four functions
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
    And it prints no message
    And nothing was created

  Scenario: --only prints the functions of one agent
    When I run "bin/aliases --only y --format json"
    Then the JSON has
      | path | value                                                              |
      | ys   | AGENT_ID="${AGENT_ID:-bo}" PROJECT/bin/snapshot start claude "$@"  |
      | qs   |                                                                    |

  Scenario: A shell evaluates them unchanged
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

  Scenario: The undo function
    Given AGENT_ID is not set
    When a shell that has evaluated "bin/aliases" runs
      """
      qs --set 5h=11 --at 2026-11-22T09:00Z >/dev/null
      qd
      """
    Then it prints "undone: BEFORE of codex for ada in W0-CHN, taken 2026-11-22 09:00 (ID)"
