Feature: Which captures the reset runs

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with weekly 24%
    And Bo starts claude in W0-CHN at 09:30 with week 17%
    And Bo shows a claude pane with week 20%

  Scenario: An agent without a capture books by hand
    Given the capture of Ada for codex is []
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints
      """
      AFTER W0-CHN bo claude: week-all-models 20% (ID)
      BEFORE W0-CHP bo claude: week-all-models 20% (ID)
      left alone W0-CHN ada codex: no capture is declared for codex; book it by hand
      """
    And it prints no message

  Scenario: Agents that never booked, and empty books, are left alone
    Given Zoe shows a codex pane with weekly 31%
    And Ada shows a codex pane with weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints the lines
      """
      left alone: zoe codex: it has booked nothing yet; `start codex --agent zoe` begins
      """

  Scenario: Agents that share a capture share one pane
    Given Cy starts codex in W0-CHN at 10:00 with weekly 24%
    And Ada shows a codex pane with weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then it prints the lines
      """
      AFTER W0-CHN ada codex: weekly 31% (ID)
      AFTER W0-CHN cy codex: weekly 31% (ID)
      """

  Scenario: A config that others can write runs nothing
    Given others can write the config file agents.toml
    When I run "bin/reset" at 2026-11-23 00:06
    Then it exits with 78 and says
      """
      reset: CONFIG/agents.toml may be written by others (mode 0646), so no command in it is run;
      chmod go-w CONFIG/agents.toml
      """
    And nothing was written
    When I run "bin/snapshot start claude --capture" at 2026-11-23 00:06
    Then it exits with 78 and says "CONFIG/agents.toml may be written by others"
