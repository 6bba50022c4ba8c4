Feature: how fast a window uses its tokens, and what that comes to

  A rate counts from the first BEFORE, or from the first request where that is earlier. What is to
  come is a band, never a point: from requests it is a prediction interval of 95% over stretches of
  ten minutes, from panes it goes from the slowest to the fastest stretch between two of them.

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

  Scenario: requests tell what was used, by ten minutes
    Given Ada starts codex in W0-CHN at 09:00 with context 12K, 5h 4%
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 9000         | 1000          |
      | 09:15 | 19000        | 1000          |
      | 09:25 | 9000         | 1000          |
      | 09:35 | 19000        | 1000          |
      | 09:45 | 9000         | 1000          |
      | 09:55 | 19000        | 1000          |
      | 10:05 | 9000         | 1000          |
      | 10:15 | 9000         | 1000          |
      | 10:25 | 9000         | 1000          |
      | 10:35 | 9000         | 1000          |
      | 10:45 | 9000         | 1000          |
      | 10:55 | 9000         | 1000          |
    When I run "bin/budget --window W0-CHN" at 11:00
    Then it prints
      """
      W0-CHN budget: planned 200,000, used 150,000 (feeds), left 50,000  ███████████████░░░░░ 75%
      Warning: 70% or more of the budget is used
      Burn: 60,000 tokens an hour over the last hour, 75,000 over the window; to come 52,741 to 97,259
      Projection: 308,224 to 441,776 used at the end (2026-11-22 14:00)
      The target runs out between 2026-11-22 11:30 and 2026-11-22 11:56
      The capacity runs out between 2026-11-22 12:15 and 2026-11-22 13:18

      Meters
        agent  provider  meter  used  left  resets            % an hour  runs out
        ada    codex     5h       4%   96%  2026-11-22 13:10          -  -
      """

  Scenario: the last hour widens the band where it differs
    Given W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:00 | 6000         | 0             |
      | 09:10 | 6000         | 0             |
      | 09:20 | 6000         | 0             |
      | 09:30 | 6000         | 0             |
      | 09:40 | 6000         | 0             |
      | 09:50 | 6000         | 0             |
      | 10:00 | 6000         | 0             |
    When I run "bin/budget --window W0-CHN --format json" at 12:00
    Then the JSON has
      | path                            | value                |
      | budget.used_tokens              | 42000                |
      | budget.used_from                | feeds                |
      | burn.until                      | 2026-11-22T12:00:00Z |
      | burn.tokens_per_hour.last_hour  | 0                    |
      | burn.tokens_per_hour.window     | 14000                |
      | burn.tokens_per_hour.low        | 0                    |
      | burn.tokens_per_hour.stretches  | 18                   |
      | projection.used_tokens_low      | 42000                |
      | projection.target_runs_out.over | false                |
      | projection.reason               | null                 |

  Scenario: without requests the panes' contexts tell it
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

  Scenario: a context that fell was compacted or is another session, and tells no rate
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

  Scenario: the pane of one agent is not the rate of two
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 10K     | 4%  |
      | 09:00 | bo    | codex    | before | W0-CHN | 10K     | 4%  |
      | 10:00 | ada   | codex    | after  | W0-CHN | 40K     | 20% |
    When I run "bin/budget --window W0-CHN --format json" at 10:05
    Then the JSON value at "burn.tokens_per_hour.window" is null

  Scenario Outline: where nothing can be said of the end, it says why: <why>
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

  Scenario: a finalized window has nothing to come
    Given Ada starts codex in W0-CHN at 09:00 with context 12K, 5h 4%
    And "bin/finalize --window W0-CHN --at 2026-11-22T10:00Z" was run
    When I run "bin/budget --window W0-CHN --format json" at 10:30
    Then the JSON value at "projection.reason" is finalized

  Scenario: a book without a row is read, not made
    When I run "bin/budget" at 09:00
    Then it prints
      """
      W0-CHN budget: planned 200,000, used - (no pane shows context tokens)
      Burn: - tokens an hour over the last hour, - over the window
      Projection: none, the used tokens are unknown
      """
    And nothing was written

  Scenario Outline: a budget that is used up is exit code 1, for who asks for it
    Given Ada starts codex in W0-CHN at 09:00 with context <tokens>, 5h 4%
    When I run "bin/budget --exit-code" at 09:30
    Then it exits with <code>
    When I run "bin/budget" at 09:30
    Then it exits with 0

    Examples:
      | tokens | code |
      | 199K   | 0    |
      | 200K   | 1    |
