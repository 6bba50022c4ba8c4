Feature: How the dollars of a row came about

  Background:
    Given the only prices are
      """
      as_of  = 2026-11-22
      source = "the invoices"

      [prices]
      "sol" = [
        { until = 2026-11-21, input = 5, output = 30 },
        { from = 2026-11-22, input = 4, output = 20, cache_read = 0.4 },
      ]
      """

  Scenario: A request costs what its UTC day says
    Given agents used
      | at               | tool  | model | input  | cache_read | output |
      | 2026-11-21 23:59 | codex | sol   | 100000 | 0          | 2000   |
      | 2026-11-22 00:00 | codex | sol   | 100000 | 10000      | 2000   |
    When I run "bin/usage model --format json"
    Then the JSON value at "totals.usd" is 1.004

  Scenario: Each rate of a row has its lines
    Given agents used
      | at               | tool  | model | input  | cache_read | output |
      | 2026-11-21 23:59 | codex | sol   | 100000 | 0          | 2000   |
      | 2026-11-22 00:00 | codex | sol   | 100000 | 10000      | 2000   |
    When I run "bin/usage model --explain"
    Then it prints the lines
      """
      sol codex: 1.0040 USD
      2026-11-21: sol of prices.toml, until 2026-11-21
        Kind    Quantity  USD listed  Times       USD
        input    100,000           5      -  0.500000
        output     2,000          30      -  0.060000
      2026-11-22: sol of prices.toml, since 2026-11-22
        Kind        Quantity  USD listed  Times       USD
        input        100,000           4      -  0.400000
        cache read    10,000         0.4      -  0.004000
        output         2,000          20      -  0.040000
      """
    When I run "bin/usage model --explain --format json"
    Then the JSON has
      | path                                       | value       |
      | usd_kind                                   | at API list prices, or as logged |
      | rows.0.explained.1.list                    | prices.toml |
      | rows.0.explained.1.since                   | 2026-11-22  |
      | rows.0.explained.1.parts.1.kind            | cache_read  |
      | rows.0.explained.1.parts.1.quantity        | 10000       |
      | rows.0.explained.1.parts.1.listed_usd      | 0.4         |
      | rows.0.explained.1.usd                     | 0.444       |

  Scenario: A logged cost and a model without a price are explained too
    Given agents used
      | at    | model | input | output | usd |
      | 09:00 | sol   | 0     | 1000   | 7   |
      | 09:05 | otter | 0     | 1000   |     |
    When I run "bin/usage model --explain"
    Then it prints the lines
      """
      otter claude: - USD
      2026-11-22: no price for otter
      sol claude: 7.0000 USD
      2026-11-22: reported by the log
      """
