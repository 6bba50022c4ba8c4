Feature: Burn rates from the context tokens of panes

  Background:
    Given the config file budgets.toml says
      """
      [budgets.default]
      capacity_tokens = 272_000
      target_tokens   = 200_000
      """
    And the windows
      | window | ends                |
      | W0-CHN | 2026-11-22 14:00:00 |

  Scenario: Without requests, the panes are used
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 10K     | 4%  |
      | 10:00 | ada   | codex    | after  | W0-CHN | 40K     | 20% |
    When I run "bin/budget --window W0-CHN" at 10:05
    Then it prints
      """
      W0-CHN budget: planned 200,000, used 40,000, left 160,000  ████░░░░░░░░░░░░░░░░ 20%
      Burn: - tokens an hour over the last hour, 30,000 over the window; to come 15,000 to 60,000
      Projection: 100,000 to 280,000 used at the end (2026-11-22 14:00)
      The target runs out at 2026-11-22 12:40 at the earliest, or lasts to the end
      The capacity runs out at 2026-11-22 13:52 at the earliest, or lasts to the end

      Meters
        agent  provider  meter  used  left  resets              % an hour  runs out
        ada    codex     5h      20%   80%  2026-11-22 13:10  8.0 to 32.0  2026-11-22 12:30 to its reset
      """

  Scenario: A context that fell gives no rate
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 90K     | 4%  |
      | 10:00 | ada   | codex    | after  | W0-CHN | 40K     | 20% |
    When I run "bin/budget --window W0-CHN --format json" at 10:05
    Then the JSON has
      | path                        | value            |
      | budget.used_tokens          | 40000            |
      | budget.used_from            | pane             |
      | burn.tokens_per_hour.window | null             |
      | projection.used_tokens_low  | null             |
      | projection.reason           | too-little-known |

  Scenario: The pane of one agent is not the rate of two
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 10K     | 4%  |
      | 09:00 | bo    | codex    | before | W0-CHN | 10K     | 4%  |
      | 10:00 | ada   | codex    | after  | W0-CHN | 40K     | 20% |
    When I run "bin/budget --window W0-CHN --format json" at 10:05
    Then the JSON value at "burn.tokens_per_hour.window" is null

  Scenario Outline: No forecast, with the reason: <why>
    Given Ada starts codex in W0-CHN at 09:00 with <meters>
    When I run "bin/budget --window W0-CHN --format json" at <at>
    Then the JSON has
      | path              | value |
      | projection.reason | <why> |

    Examples:
      | meters              | at    | why              |
      | context 12K, 5h 4%  | 09:30 | too-little-known |
      | 5h 4%               | 09:30 | use-not-known    |
      | context 12K, 5h 4%  | 14:00 | ended            |
