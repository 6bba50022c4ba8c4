Feature: The context of an agent is no use of the budget

  New tokens count: input, cache writes and output. What the context of a session holds was used
  before, perhaps in another window, so it is shown apart.

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

  Scenario: A new window begins with 0, whatever the session before left in the context
    Given Ada starts codex in W0-CHN at 09:00 with context 190K, 5h 4%
    When I run "bin/budget --window W0-CHN --exit-code" at 09:05
    Then it prints
      """
      W0-CHN: whether to stop is unknown (budget W0-CHN)
      W0-CHN budget: planned 200,000, used 0 (no requests are booked; run ingest)
      Context: 190,000 of 272,000 tokens (ada codex)

      Meters
        agent  provider  meter  used  left  resets  % an hour  runs out
        ada    codex     5h       4%   96%  13:10           -  -
      """
    When I run "bin/budget --window W0-CHN --format json" at 09:05
    Then the JSON has
      | path                         | value       |
      | budget.used_tokens           | 0           |
      | budget.used_from             | null        |
      | budget.reason                | no-requests |
      | budget.left_tokens           | 200000      |
      | budget.level                 | null        |
      | budget.contexts.0.agent        | ada         |
      | budget.contexts.0.used_tokens | 190000     |
      | budget.contexts.0.limit_tokens | 272000    |
      | burn.tokens_per_hour.window  | null        |

  Scenario: The newest pane of each agent shows its context
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 12K     | 4%  |
      | 09:00 | bo    | codex    | before | W0-CHN | 30K     | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 90K     | 51% |
    When I run "bin/budget --window W0-CHN --format json" at 13:00
    Then the JSON rows at "budget.contexts" are
      | agent | provider | used_tokens |
      | ada   | codex    | 90000       |
      | bo    | codex    | 30000       |

  Scenario: Tokens that a cache served again are no use
    Given W0-CHN has the requests
      | ts    | input_tokens | cached_input_tokens | cache_write_tokens | output_tokens |
      | 09:05 | 50000        | 45000               | 3000               | 500           |
      | 09:15 | 60000        | 55000               | 4000               | 700           |
    When I run "bin/budget --window W0-CHN --format json" at 10:00
    Then the JSON has
      | path                        | value |
      | budget.used_tokens          | 11200 |
      | budget.used_from            | feeds |
      | budget.sources.0.requests   | 2     |

  Scenario: With logs and a proxy, the logs count, and what the proxy shows is not added
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And agents used
      | at    | tool  | model         | input | cache_read | output |
      | 09:10 | codex | gpt-5.2-codex | 4000  | 90000      | 1000   |
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:10 | 4000         | 900           |
      | 09:20 | 300          | 50            |
    When I run "bin/budget --window W0-CHN" at 10:00
    Then it prints the lines
      """
      W0-CHN budget: planned 200,000, used 5,000 (logs), left 195,000  ░░░░░░░░░░ 2.5%
      """
    When I run "bin/budget --window W0-CHN --format json" at 10:00
    Then the JSON has
      | path               | value |
      | budget.used_tokens | 5000  |
      | budget.used_from   | logs  |
    And the JSON rows at "budget.sources" are
      | source | requests | new_tokens |
      | logs   | 1        | 5000       |
      | feeds  | 2        | 5250       |

  Scenario Outline: No forecast, with the reason: <why>
    Given Ada starts codex in W0-CHN at 09:00 with context 12K, 5h 4%
    And W0-CHN has the requests
      | ts   | input_tokens | output_tokens |
      | <ts> | 4000         | 900           |
    When I run "bin/budget --window W0-CHN --format json" at <at>
    Then the JSON value at "projection.reason" is <why>

    Examples:
      | ts    | at    | why              |
      | 09:01 | 09:02 | too-little-known |
      | 09:01 | 14:00 | ended            |
