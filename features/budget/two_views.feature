Feature: Two views of one meter

  A status line shows 23.5% where the pane shows 23%. The more precise number counts.

  Background:
    Given the JSON of a status line
      | session | 5h              |
      | a       | 23.5 till 11:00 |
    And the JSON was piped into "bin/statusline" at 08:58
    And the pane
      """
      Current session
      ██████ 23% used
      Resets 11am (UTC)
      """

  Scenario: The newest value
    When I pipe the pane into "bin/snapshot start claude --window W0-CHN" at 09:00
    And I run "bin/budget --window W0-CHN --format json" at 09:01
    Then the JSON has
      | path                  | value                |
      | meters.0.meter        | session              |
      | meters.0.used_percent | 23.5                 |
      | meters.0.captured_at  | 2026-11-22T09:00:00Z |

  Scenario: A value after another reset is not a second view of the meter
    Given the pane
      """
      Current session
      ██████ 23% used
      Resets 1pm (UTC)
      """
    When I pipe the pane into "bin/snapshot start claude --window W0-CHN" at 09:00
    And I run "bin/budget --window W0-CHN --format json" at 09:01
    Then the JSON value at "meters.0.used_percent" is 23

  Scenario: The points of a day
    Given the config file budgets.toml says
      """
      [budgets.day]
      per      = "day"
      unit     = "points"
      meter    = "5h"
      provider = "codex"
      target   = 50
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 24% resets 11:00
    And the rollout a contains
      | at    | 5h              | weekly                   |
      | 09:10 | 23.6 till 11:00 | 31 till 2026-11-26 00:00 |
    And "bin/ingest codex" was run
    When I run "bin/budget --window W0-CHN --format json" at 09:20
    Then the JSON value at "budgets.0.used" is 23.6
