Feature: When the vendor's meter runs out, or resets first

  A meter's rate is that of the readings since its last reset, in this window and in those before it.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22 18:00:00 |
    And the snapshots
      | at               | agent | provider | phase  | window | weekly                    |
      | 2026-11-17 09:00 | ada   | codex    | before | W0-CHL | 80% resets 07:30 on 19 Nov |
      | 2026-11-20 09:00 | ada   | codex    | before | W0-CHM | 10%                       |
      | 2026-11-20 12:00 | ada   | codex    | after  | W0-CHM | 40%                       |
      | 2026-11-22 09:00 | ada   | codex    | before | W0-CHN | 58%                       |

  Scenario: The week so far gives a rate before the window has one
    When I run "bin/budget --window W0-CHN --format json" at 09:30
    Then the JSON has
      | path                           | value                |
      | meters.0.used_percent          | 58                   |
      | meters.0.per_hour.window       | 1                    |
      | meters.0.per_hour.stretches    | 2                    |
      | meters.0.runs_out.over         | false                |
      | meters.0.runs_out.earliest     | 2026-11-22T13:03:52Z |
      | meters.0.runs_out.latest       | null                 |
      | meters.0.resets_first          | null                 |

  Scenario: An old reading, after which the meter may have run out by now
    When I run "bin/budget --window W0-CHN" at 15:00
    Then it prints the lines
      """
      ada codex weekly 58% 42% 11-26 07:30 0.4 to 10.3 now to its reset
      """

  Scenario: Panes of another account do not count
    Given the pane
      """
      Account: zoe@example.com
      Weekly limit: 60% used (resets 07:30 on 26 Nov)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada --window W0-CHN" at 09:10
    Given the pane
      """
      Account: bo@example.com
      Weekly limit: 90% used (resets 07:30 on 26 Nov)
      """
    When I pipe the pane into "bin/snapshot end codex --agent ada --window W0-CHN" at 10:10
    And I run "bin/budget --window W0-CHN --format json" at 10:11
    Then the JSON has
      | path                        | value |
      | meters.0.used_percent       | 90    |
      | meters.0.per_hour.stretches | 2     |

  Scenario: A voided snapshot does not count
    Given "bin/undo codex --agent ada --window W0-CHM" was run
    When I run "bin/budget --window W0-CHN --format json" at 09:30
    Then the JSON value at "meters.0.per_hour.stretches" is 1

  Scenario Outline: A later reading of the agent's own log: <what>
    Given the rollout a contains
      | at    | 5h           | weekly        |
      | 11:00 | 1 till 14:30 | <used> till <reset> |
    And "bin/ingest codex" was run
    When I run "bin/budget --window W0-CHN --format json" at 11:30
    Then the JSON has
      | path                        | value       |
      | meters.0.used_percent       | <shown>     |
      | meters.0.captured_at        | <at>        |
      | meters.0.per_hour.stretches | <stretches> |

    Examples:
      | what                   | used | reset            | shown | at                   | stretches |
      | of the same reset      | 62   | 2026-11-26 07:30 | 62    | 2026-11-22T11:00:00Z | 3         |
      | another reset          | 62   | 2026-11-27 09:00 | 58    | 2026-11-22T09:00:00Z | 2         |
      | less of the same reset | 50   | 2026-11-26 07:30 | 58    | 2026-11-22T09:00:00Z | 2         |
