Feature: Cost from the logs or from tokens and prices, never zero without a price

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*" = { input = 5, output = 25, cache_read = 0.5, cache_write = 6.25 }
      "plain"    = { input = 2, output = 10 }
      "hourly"   = { input = 5, output = 25, cache_write = 6.25, cache_write_1h = 8 }
      """

  Scenario Outline: Each kind of token has its price
    Given agents used
      | model   | input   | cache_read   | cache_write   | cache_write_1h   | output   |
      | <model> | <input> | <cache_read> | <cache_write> | <cache_write_1h> | <output> |
    When I run "bin/usage --format json"
    Then the JSON value at "totals.usd" is <usd>

    Examples:
      | model           | input   | cache_read | cache_write | cache_write_1h | output  | usd  |
      | claude-opus-4-5 | 1000000 | 0          | 0           | 0              | 0       | 5    |
      | claude-opus-4-5 | 0       | 1000000    | 0           | 0              | 0       | 0.5  |
      | claude-opus-4-5 | 0       | 0          | 1000000     | 0              | 0       | 6.25 |
      | claude-opus-4-5 | 0       | 0          | 0           | 1000000        | 0       | 10   |
      | claude-opus-4-5 | 0       | 0          | 0           | 0              | 1000000 | 25   |
      | hourly          | 0       | 0          | 0           | 1000000        | 0       | 8    |
      | plain           | 0       | 1000000    | 1000000     | 1000000        | 0       | 6    |

  Scenario: Reasoning is part of the output and is not priced twice
    Given agents used
      | tool  | model | input | output  | reasoning |
      | codex | plain | 0     | 1000000 | 900000    |
    When I run "bin/usage --format json"
    Then the JSON value at "totals.usd" is 10

  Scenario Outline: The logged cost counts, except a 0 of a tool without prices
    Given agents used
      | at    | model | input | output | usd |
      | 09:00 | plain | 0     | 100000 | 7   |
      | 09:05 | plain | 0     | 100000 |     |
      | 09:10 | plain | 0     | 100000 | 0   |
    When I run "bin/usage --cost <mode> --format json"
    Then the JSON has
      | path             | value   |
      | rows.0.usd       | <usd>   |
      | rows.0.usd_known | <known> |
      | totals.usd       | <usd>   |

    Examples:
      | mode       | usd  | known |
      | auto       | 9    | 9     |
      | calculated | 3    | 3     |
      | reported   | null | 7     |

  Scenario: A model without a price
    Given agents used
      | at    | model  | input | output |
      | 09:00 | plain  | 0     | 100000 |
      | 09:05 | otter  | 0     | 100000 |
    When I run "bin/usage --format json"
    Then the JSON rows at "rows" are
      | model | usd  | usd_known |
      | otter | null | 0         |
      | plain | 1    | 1         |
    And the JSON has
      | path             | value |
      | totals.usd       | null  |
      | totals.usd_known | 1     |
      | unpriced         | otter |
    When I run "bin/usage --by model"
    Then it prints
      """
      Usage daily: 200,000 tokens (200,000 new), >1.0000 USD at API list prices, or as logged
        Day         Model  Input  Cache write  Cache read   Output    Total      USD
        2026-11-22  otter      0            0           0  100,000  100,000        -
                    plain      0            0           0  100,000  100,000   1.0000
        Total                  0            0           0  200,000  200,000  >1.0000
      Without a price: otter
      """
