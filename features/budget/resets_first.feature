Feature: A meter runs out or is reset, whichever is first

  A reading that shows no reset is followed by one after at most the length of the meter's window.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22 18:00:00 |
    And "bin/snapshot start codex --window W0-CHN --set 5h=4 --at 2026-11-21T10:10Z" was run
    And "bin/snapshot end codex --set 5h=44 --at 2026-11-22T09:50Z" was run

  Scenario: Readings that are further apart than the meter's window give no rate
    When I run "bin/budget --window W0-CHN --format json" at 09:55
    Then the JSON has
      | path                        | value                |
      | meters.0.used_percent       | 44                   |
      | meters.0.resets_at          | null                 |
      | meters.0.resets_by          | 2026-11-22T14:50:00Z |
      | meters.0.per_hour.window    | null                 |
      | meters.0.per_hour.stretches | 0                    |
      | meters.0.runs_out           | null                 |

  Scenario: A rate is that of the readings since such an interval
    Given "bin/snapshot end codex --set 5h=46 --at 2026-11-22T10:20Z" was run
    When I run "bin/budget --window W0-CHN" at 10:25
    Then it prints the lines
      """
        agent  provider  meter  used  left  resets     % an hour  runs out
        main   codex     5h      46%   54%  by 15:20  2.0 to 8.0  resets first
      """
    When I run "bin/budget --window W0-CHN --format json" at 10:25
    Then the JSON has
      | path                        | value |
      | meters.0.per_hour.window    | 4     |
      | meters.0.per_hour.stretches | 1     |
      | meters.0.runs_out.over      | false |
      | meters.0.runs_out.earliest  | null  |
      | meters.0.runs_out.latest    | null  |
      | meters.0.resets_first       | true  |

  Scenario: A stop rule does not apply to a reading from before a reset
    Given the config file budgets.toml says
      """
      [stop.short]
      window_minutes        = 300
      used_percent_at_least = 40
      message               = "wait for the reset"
      """
    When I run "bin/budget --window W0-CHN --format json" at 14:49
    Then the JSON value at "rules.0.state" is stop
    When I run "bin/budget --window W0-CHN --format json" at 14:50
    Then the JSON has
      | path                  | value       |
      | meters.0.used_percent | null        |
      | meters.0.reason       | reset-since |
      | rules.0.state         | unknown     |
      | rules.0.reason        | reset-since |
