Feature: Which provider and methodology used its percentage points best

  Over all finalized windows: the ratio of totals, with a 95% interval by the delta method, n and
  power. Three windows with exact points are the fewest that have one.

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | weekly                     |
      | 01:00 | ada   | codex    | before | W1     | 10%                        |
      | 01:30 | ada   | codex    | after  | W1     | 14%                        |
      | 02:00 | ada   | codex    | before | W2     | 14%                        |
      | 02:30 | ada   | codex    | after  | W2     | 20%                        |
      | 03:00 | ada   | codex    | before | W3     | 20%                        |
      | 03:30 | ada   | codex    | after  | W3     | 25%                        |
      | 04:00 | ada   | codex    | before | W4     | 25%                        |
      | 04:30 | ada   | codex    | after  | W4     | 35%                        |
      | 05:00 | ada   | codex    | before | W5     | 72% resets 05:10           |
      | 05:30 | ada   | codex    | after  | W5     | 4% resets 05:10 on 29 Nov  |
    And "bin/finalize --window W1 --features codex=2 --methodology tdd" was run
    And "bin/finalize --window W2 --features codex=4 --methodology tdd" was run
    And "bin/finalize --window W3 --features codex=3 --methodology tdd" was run
    And "bin/finalize --window W4 --features codex=1 --methodology spike" was run
    And "bin/finalize --window W5 --features codex=1" was run

  Scenario: Each provider's total, then its methodologies, the best first
    When I run "bin/scoreboard"
    Then it prints
      """
      Scoreboard over 5 finalized windows

      Features per percentage point
        provider  method  n  left out  features  points  ratio    95% interval  power
        codex     all     4         1        10      25  0.400  0.000 to 0.924     9%
                  tdd     3         0         9      15  0.600  0.401 to 0.799    90%
                  (none)  0         1         0       0      -               -      -
                  spike   1         0         1      10      -               -      -
      A ratio needs 3 windows with exact points.
      Left out: windows whose points are unknown, 0, or hidden by a reset.
      Observational: windows were not assigned to methods at random; see `experiment`.
      Power: the probability of detecting a change of 25% in the ratio.
      """
    And nothing was written

  Scenario: JSON has null for unknown values
    When I run "bin/scoreboard --format json"
    Then the JSON rows at "scores" are
      | provider | scope       | methodology | n | left_out | features | points | per_point |
      | codex    | all         | null        | 4 | 1        | 10       | 25     | 0.4       |
      | codex    | methodology | tdd         | 3 | 0        | 9        | 15     | 0.6       |
      | codex    | methodology | null        | 0 | 1        | 0        | 0      | null      |
      | codex    | methodology | spike       | 1 | 0        | 1        | 10     | null      |

  Scenario: CSV has empty cells for unknown values and escapes formulas
    Given "bin/finalize --window W4 --methodology =1+1" was run
    When I run "bin/scoreboard --format csv"
    Then it prints as CSV the columns
      | provider | scope       | methodology | n | left_out | per_point |
      | codex    | all         |             | 4 | 1        | 0.4       |
      | codex    | methodology | tdd         | 3 | 0        | 0.6       |
      | codex    | methodology |             | 0 | 1        |           |
      | codex    | methodology | '=1+1       | 1 | 0        |           |

  Scenario: A window that is finalized again counts once
    Given "bin/finalize --window W4 --methodology tdd" was run
    When I run "bin/scoreboard --format json"
    Then the JSON rows at "scores" are
      | scope       | methodology | n |
      | all         | null        | 4 |
      | methodology | tdd         | 4 |
      | methodology | null        | 0 |

  Scenario: --provider
    When I run "bin/scoreboard --provider claude"
    Then it prints
      """
      Scoreboard over 5 finalized windows
      No window has features; give them with `finalize --features`.
      """
