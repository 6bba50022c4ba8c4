Feature: Usage by day, week and month: a line for each, and in JSON one for each tool and model

  Background:
    Given agents used
      | at               | tool   | model           | input | cache_read | cache_write | cache_write_1h | output | reasoning |
      | 2026-11-21 23:50 | claude | claude-opus-4-5 | 100   | 5000       | 300         | 40             | 20     |           |
      | 2026-11-22 09:00 | claude | claude-opus-4-5 | 200   | 6000       |             |                | 30     |           |
      | 2026-11-22 09:20 | claude | claude-opus-4-5 | 300   | 7000       |             |                | 40     |           |
      | 2026-11-22 10:00 | codex  | gpt-5.2-codex   | 400   | 8000       |             |                | 50     | 35        |
      | 2026-12-01 10:00 | codex  | gpt-5.2-codex   | 500   | 9000       |             |                | 60     | 6         |

  Scenario: Days, with every kind of token
    When I run "bin/usage daily --format json"
    Then the JSON rows at "rows" are
      | period     | tool   | model           | requests | input_tokens | cache_read_tokens | cache_write_tokens | cache_write_1h_tokens | output_tokens | reasoning_tokens | total_tokens |
      | 2026-11-21 | claude | claude-opus-4-5 | 1        | 100          | 5000              | 340                | 40                    | 20            | 0                | 5460         |
      | 2026-11-22 | claude | claude-opus-4-5 | 2        | 500          | 13000             | 0                  | 0                     | 70            | 0                | 13570        |
      | 2026-11-22 | codex  | gpt-5.2-codex   | 1        | 400          | 8000              | 0                  | 0                     | 50            | 35               | 8450         |
      | 2026-12-01 | codex  | gpt-5.2-codex   | 1        | 500          | 9000              | 0                  | 0                     | 60            | 6                | 9560         |
    And the JSON has
      | path                      | value |
      | totals.requests           | 5     |
      | totals.input_tokens       | 1500  |
      | totals.cache_read_tokens  | 35000 |
      | totals.cache_write_tokens | 340   |
      | totals.output_tokens      | 200   |
      | totals.reasoning_tokens   | 41    |
      | totals.total_tokens       | 37040 |

  Scenario: Daily is the default report
    When I run "bin/usage"
    Then it prints
      """
      Usage daily: 37,040 tokens (2,040 new), 0.0226 USD at API list prices, or as logged
        Day         Input  Cache write  Cache read  Output   Total     USD
        2026-11-21    100          340       5,000      20   5,460  0.0058
        2026-11-22    900            0      21,000     120  22,020  0.0135
        2026-12-01    500            0       9,000      60   9,560  0.0033
        Total       1,500          340      35,000     200  37,040  0.0226
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """

  Scenario: Weeks follow ISO 8601
    When I run "bin/usage weekly --format json"
    Then the JSON rows at "rows" are
      | period   | tool   | total_tokens |
      | 2026-W47 | claude | 19030        |
      | 2026-W47 | codex  | 8450         |
      | 2026-W49 | codex  | 9560         |

  Scenario: Months
    When I run "bin/usage monthly --format json"
    Then the JSON rows at "rows" are
      | period  | tool   | total_tokens |
      | 2026-11 | claude | 19030        |
      | 2026-11 | codex  | 8450         |
      | 2026-12 | codex  | 9560         |
