Feature: Agents that share an account share its points

  Scenario: Two agents with the same account used 5 points, not 10
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 09:00 with account Ada@example.com, weekly 20%
    And ada ends codex at 12:00 with account ada@example.com, weekly 25%
    And bo ends codex at 12:00 with account ada@example.com, weekly 25%
    When I run "bin/finalize --window W0-CHN --features codex=10 --outcome pass" at 12:10
    And I run "bin/preview --window W0-CHN --block efficiency --block meters --format json"
    Then the JSON rows at "meters" are
      | agent   | meter  | delta |
      | ada, bo | weekly | 5     |
    And the JSON has
      | path                              | value |
      | efficiency.0.window.points_min    | 5     |
      | efficiency.0.window.per_point_min | 2     |
    When I run "bin/scoreboard --format json"
    Then the JSON value at "scores.0.points" is 5

  Scenario: The use goes from the first BEFORE to the last AFTER
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 10:00 with account ada@example.com, weekly 22%
    And ada ends codex at 18:00 with account ada@example.com, weekly 30%
    And bo ends codex at 20:00 with account ada@example.com, weekly 33%
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON rows at "meters" are
      | agent   | before | after | delta |
      | ada, bo | 20     | 33    | 13    |

  Scenario: While one agent is open, the least that was used is known
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 10:00 with account ada@example.com, weekly 22%
    And ada ends codex at 18:00 with account ada@example.com, weekly 30%
    When I run "bin/finalize --window W0-CHN --features codex=5" at 19:00
    Then it prints the lines
      """
      agent    provider  meter   before  after       delta  █ old ▓ new
      ada, bo  codex     weekly     20%    30%  10 or more  ██▓▓░░░░░░░░
      """
    When I run "bin/preview --window W0-CHN --block efficiency"
    Then it prints the lines
      """
      codex            5  10 or more  up to 0.500  0      -             -      -
      """

  Scenario: Other accounts are counted apart, and so are agents whose account is unknown
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 09:00 with account bo@example.com, weekly 20%
    And eve starts codex in W0-CHN at 09:00 with weekly 20%
    And ada ends codex at 12:00 with account ada@example.com, weekly 25%
    And bo ends codex at 12:00 with account bo@example.com, weekly 25%
    And eve ends codex at 12:00 with weekly 25%
    When I run "bin/finalize --window W0-CHN --features codex=30" at 12:10
    And I run "bin/preview --window W0-CHN --block efficiency --format json"
    Then the JSON value at "efficiency.0.window.points_min" is 15

  Scenario: A label says that agents share an account which no pane shows
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["ada", "bo"]
      """
    And ada starts codex in W0-CHN at 09:00 with weekly 20%
    And bo starts codex in W0-CHN at 09:00 with weekly 20%
    And ada ends codex at 12:00 with weekly 25%
    And bo ends codex at 12:00 with weekly 25%
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON rows at "meters" are
      | account | agent   | delta |
      | work    | ada, bo | 5     |

  Scenario: A label of one agent is that of another with the same account
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["ada"]
      """
    And ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON rows at "meters" are
      | account | agent   | before |
      | work    | ada, bo | 20     |

  Scenario: A folder in the environment names the account of a pane
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      homes    = ["~/.codex-work"]
      """
    And CODEX_HOME is set to "~/.codex-work"
    And ada starts codex in W0-CHN at 09:00 with weekly 20%
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON value at "meters.0.account" is work

  Scenario: A budget shows the meter of an account once
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And bo starts codex in W0-CHN at 10:00 with account ada@example.com, weekly 22%
    And ada ends codex at 11:00 with account ada@example.com, weekly 24%
    When I run "bin/budget --window W0-CHN --format json" at 11:30
    Then the JSON rows at "meters" are
      | agent | meter  | used_percent |
      | ada   | weekly | 24           |
    And the JSON value at "meters.0.per_hour.stretches" is 2
