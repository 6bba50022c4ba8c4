Feature: Prices that depend on the prompt's size and on the hour

  Scenario Outline: DeepSeek's peak hours, in any report: <at>
    Given agents used
      | at   | tool  | model           | input   | output |
      | <at> | codex | deepseek-v4-pro | 1000000 | 0      |
    When I run "bin/usage <report> --format json"
    Then the JSON value at "totals.usd" is <usd>

    Examples:
      | report  | at               | usd  |
      | monthly | 2026-11-20 05:59 | 0.66 |
      | monthly | 2026-11-20 06:00 | 1.32 |
      | blocks  | 2026-11-20 06:00 | 1.32 |
      | model   | 2026-11-21 06:00 | 0.66 |

  Scenario Outline: A long prompt costs the next rate as a whole: <input> and <cache_read>
    Given agents used
      | at               | tool  | model   | input   | cache_read   | output |
      | 2026-11-20 10:00 | codex | gpt-5.5 | <input> | <cache_read> | 5000   |
    When I run "bin/usage --format json"
    Then the JSON value at "totals.usd" is <usd>

    Examples:
      | input | cache_read | usd   |
      | 20000 | 252000     | 0.376 |
      | 20000 | 280000     | 0.705 |
