Feature: Stop rules from budgets.toml

  A rule is about every meter that fits what it says. It says stop, warning, clear or unknown; stop
  is exit code 1 with --exit-code.

  Background:
    Given the config file budgets.toml says
      """
      [stop.weekly]
      window_minutes        = 10_080
      used_percent_at_least = 90
      projected             = true
      message               = "do not start the next window"

      [stop.glm]
      provider           = "glm"
      requests_limit      = 100
      left_percent_below = 15
      message            = "send nothing more to GLM"
      """
    And the snapshots
      | at               | agent | provider | phase  | window | weekly |
      | 2026-11-20 09:00 | ada   | codex    | before | W0-CHM | 60%    |
      | 2026-11-20 12:00 | ada   | codex    | after  | W0-CHM | 72%    |

  Scenario: The weekly meter is at 90% and a window costs more than is left
    Given "bin/finalize --window W0-CHM" was run
    And Ada starts codex in W0-CHN at 09:00 with weekly 84%
    And Ada ends codex at 12:00 with weekly 91%
    When I run "bin/budget --agent ada --exit-code" at 12:01
    Then it exits with 1
    When I run "bin/budget --agent ada" at 12:01
    Then it prints the lines
      """
      Stop: do not start the next window (ada codex weekly: 9% left, a window costs 12)
      Stop rules
      weekly ada codex weekly 9% 12 stop
      """

  Scenario: Enough is left for one more window
    Given "bin/finalize --window W0-CHM" was run
    And Ada starts codex in W0-CHN at 09:00 with weekly 60%
    And Ada ends codex at 12:00 with weekly 88%
    When I run "bin/budget --agent ada --exit-code --format json" at 12:01
    Then the JSON has
      | path          | value  |
      | stop          | false  |
      | rules.0.state | clear  |
      | rules.0.step  | 12     |

  Scenario: Without a known cost per window the rule only warns
    Given Ada starts codex in W0-CHN at 09:00 with weekly 91%
    When I run "bin/budget --agent ada --exit-code" at 09:01
    Then it prints the lines
      """
      Warning: do not start the next window (ada codex weekly: 9% left, the cost of a window is unknown)
      weekly ada codex weekly 9% - warning (step-not-known)
      """

  Scenario: A meter that was reset since does not count
    Given Ada starts codex in W0-CHN at 09:00 with weekly 95% resets 10:00
    When I run "bin/budget --agent ada --exit-code --format json" at 10:00
    Then the JSON has
      | path           | value       |
      | rules.0.state  | unknown     |
      | rules.0.reason | reset-since |

  Scenario: A rule that fits no meter is unknown
    When I run "bin/budget --window W0-CHN --format json" at 09:00
    Then the JSON rows at "rules" are
      | rule   | state   | meter | reason   |
      | weekly | unknown | null  | no-meter |
      | glm    | unknown | null  | no-meter |

  Scenario Outline: GLM with <requests> of 100 requests used
    Given the pane
      """
      {"blocks": [{"isGap": false, "prompts": 1000}]}
      """
    When I pipe the pane into "bin/snapshot start glm --window W0-CHN" at 09:00
    Given the pane
      """
      {"blocks": [{"isGap": false, "prompts": 1000}, {"isGap": false, "prompts": <requests>}]}
      """
    When I pipe the pane into "bin/snapshot end glm" at 10:00
    And I run "bin/budget --exit-code --format json" at 10:01
    Then it exits with <code>

    Examples:
      | requests | code |
      | 85       | 0    |
      | 86       | 1    |
