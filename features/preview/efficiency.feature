Feature: Features per percentage point

  Points are those of the provider's longest meter. Over windows the figure is a ratio of totals, and
  three windows are the fewest that have an interval.

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 09:00 | ada   | codex    | before | W1     | 4%  | 10%    |
      | 09:30 | ada   | codex    | after  | W1     | 20% | 14%    |
      | 10:00 | ada   | codex    | before | W2     | 20% | 14%    |
      | 10:30 | ada   | codex    | after  | W2     | 40% | 20%    |
    And "bin/finalize --window W1 --features codex=2" was run
    And "bin/finalize --window W2 --features codex=4" was run

  Scenario: One window
    When I run "bin/preview --window W1 --block efficiency --format json"
    Then the JSON has
      | path                                | value  |
      | efficiency.0.window.provider        | codex  |
      | efficiency.0.window.meter           | weekly |
      | efficiency.0.window.features        | 2      |
      | efficiency.0.window.points_min      | 4      |
      | efficiency.0.window.per_point_min   | 0.5    |

  Scenario: Two windows are too few for an interval
    When I run "bin/preview --window W2 --block efficiency --format json"
    Then the JSON has
      | path                                | value |
      | efficiency.0.over_windows.n         | 2     |
      | efficiency.0.over_windows.features  | 6     |
      | efficiency.0.over_windows.points    | 10    |
      | efficiency.0.over_windows.per_point | null  |
      | efficiency.0.over_windows.low       | null  |
      | efficiency.0.over_windows.power     | null  |

  Scenario: Three windows
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 11:00 | ada   | codex    | before | W3     | 40% | 20%    |
      | 11:30 | ada   | codex    | after  | W3     | 60% | 25%    |
    And "bin/finalize --window W3 --features codex=3" was run
    When I run "bin/preview --window W3 --block efficiency"
    Then it prints
      """
      Efficiency (features per percentage point)
        provider  features  points  per point  n  ratio    95% interval  power
        codex            3       5      0.600  3  0.600  0.401 to 0.799    90%
      """

  Scenario: A window that is not finalized has none
    Given Ada starts codex in W3 at 11:00 with 5h 40%, weekly 20%
    When I run "bin/preview --window W3 --block efficiency"
    Then it prints nothing
