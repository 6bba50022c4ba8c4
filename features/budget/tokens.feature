Feature: How fast a window uses its tokens, and the forecast

  A rate counts from the first BEFORE, or from the first request where that is earlier. What is to
  come is a band, never a point: a prediction interval of 95% over intervals of ten minutes.

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

  Scenario: From requests, by ten minutes
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
      W0-CHN: no reason to stop yet
      W0-CHN budget: planned 200,000, used 150,000 (feeds), left 50,000  ███████░░ 75%
      Warning: 70% or more of the budget is used
      Context: 12,000 of 272,000 tokens (ada codex)
      Burn: 60,000 tokens an hour over the last hour, 75,000 in all
      To come: 52,741 to 97,259 tokens an hour
      Projection: 308,224 to 441,776 used at the end (2026-11-22 14:00)
      The budget runs out between 2026-11-22 11:30 and 2026-11-22 11:56

      Meters
        agent  provider  meter  used  left  resets  % an hour  runs out
        ada    codex     5h       4%   96%  13:10           -  -
      """

  Scenario: The last hour widens the band if it differs
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

  Scenario: A finalized window has no forecast
    Given Ada starts codex in W0-CHN at 09:00 with context 12K, 5h 4%
    And "bin/finalize --window W0-CHN --at 2026-11-22T10:00Z" was run
    When I run "bin/budget --window W0-CHN --format json" at 10:30
    Then the JSON value at "projection.reason" is finalized

  Scenario: An empty book is read and not created
    When I run "bin/budget" at 09:00
    Then it prints
      """
      W0-CHN: whether to stop is unknown (budget W0-CHN)
      W0-CHN budget: planned 200,000, used 0 (no requests are booked; run ingest)
      """
    And nothing was written

  Scenario Outline: A used-up budget exits with 1 if asked
    Given W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | <input>      | 1000          |
    When I run "bin/budget --exit-code" at 09:30
    Then it exits with <code>
    When I run "bin/budget" at 09:30
    Then it exits with 0

    Examples:
      | input  | code |
      | 198999 | 0    |
      | 199000 | 1    |

  Scenario: A budget without a target warns of nothing
    Given the config file budgets.toml says
      """
      [budgets.default]
      """
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 90000000     | 1000          |
    When I run "bin/budget --exit-code" at 09:30
    Then it exits with 0
    And it prints the lines
      """
      W0-CHN budget: no plan, used 90,001,000 (feeds)
      """
    When I run "bin/budget --format json" at 09:30
    Then the JSON has
      | path                       | value |
      | budget.planned_tokens      | null  |
      | budget.left_tokens         | null  |
      | budget.used_percent        | null  |
      | budget.level               | null  |
      | projection.target_runs_out | null  |
      | used_up                    | false |
