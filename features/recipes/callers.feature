Feature: Recipes from any directory and agent

  Background:
    Given a Codex pane with 5h 11%, weekly 24%

  Scenario: AGENT_ID names the agent
    Given AGENT_ID is set to "ada"
    When I pipe the pane into "just start codex" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"

  Scenario: A file relative to the caller's directory
    Given the file my pane.txt with
      """
      5h limit: 11% used (resets 13:10)
      """
    When I run "just start codex --file 'my pane.txt'" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"

  Scenario: A capture runs before the lock is taken
    Given the file pane.txt with
      """
      5h limit: 11% used (resets 13:10)
      """
    And the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = ["cat", "pane.txt"]
      """
    When I run "just start codex --capture" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"
    And row 1 of the journal snapshots has "source" capture
