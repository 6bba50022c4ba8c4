Feature: Unknown prices make costs null, never zero

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*"  = { input = 3, output = 15, cache_read = 0.3, cache_write = 3.75 }
      "claude-x*" = { input = 30, output = 150 }
      "GLM-4.6"   = { input = 0.6, output = 2.2 }
      """

  Scenario: A model without a price is named and costs null
    Given W0-CHN has the requests
      | ts    | lane     | model             |
      | 09:00 | baseline | claude-sonnet-4-5 |
      | 09:01 | glm      | glm-4.6           |
      | 09:02 | glm      | glm-9             |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                           | value   |
      | unpriced                       | glm-9   |
      | features.0.baseline.usd        | 0.0045  |
      | features.0.routed.tokens       | 2200    |
      | features.0.routed.usd          | null    |
      | features.0.routed.usd_known    | 0.00082 |
      | features.0.delta_usd           | null    |
      | features.0.counterfactual_usd  | 0.009   |
      | features.0.saved_usd           | null    |
      | features.0.saved_usd_known     | 0.00368 |
    When I run "bin/cost-compare --window W0-CHN"
    Then it prints the lines
      """
      Offloading: unknown (no price for glm-9)
      Spent: at least 0.0053 USD (baseline 0.0045 USD, routed at least 0.0008 USD)
      Saved where the cost is known: 0.0037 USD
      Without a price: glm-9
      """

  Scenario: A request without token counts makes its side's cost null
    Given in the feed proxy-telemetry "required = ["ts", "rid", "lane", "model", "status", "input_tokens", "output_tokens", "latency_ms"]" became "required = ["ts"]"
    And W0-CHN has the requests
      | ts    | lane     | model             | input_tokens | output_tokens | status |
      | 09:00 | baseline | claude-sonnet-4-5 | 1000         | 100           | 200    |
      | 09:01 | baseline | claude-sonnet-4-5 |              |               | 500    |
      | 09:02 | glm      | glm-4.6           |              |               | 200    |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                        | value  |
      | features.0.baseline.untold  | 0      |
      | features.0.baseline.usd     | 0.0045 |
      | features.0.routed.untold    | 1      |
      | features.0.routed.tokens    | null   |
      | features.0.routed.usd       | null   |
      | features.0.saved_usd        | null   |
      | gaps.without_tokens         | 1      |

  Scenario Outline: The price of a model: <model>
    Given W0-CHN has the requests
      | ts    | lane     | model   | input_tokens | output_tokens | cached_input_tokens | cache_write_tokens |
      | 09:00 | baseline | <model> | 1000000      | 0             | <cached>            | <written>          |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON value at "totals.baseline.usd" is <usd>

    Examples: the exact name before a pattern, the longest pattern before the others, in any case
      | model             | cached | written | usd  |
      | claude-sonnet-4-5 | 0      | 0       | 3    |
      | Claude-X-1        | 0      | 0       | 30   |
      | anthropic/claude-sonnet-4-5 | 0 | 0   | 3    |
      | gpt-5.6           | 0      | 0       | null |

    Examples: tokens from a cache and into one are parts of the input
      | model             | cached  | written | usd  |
      | claude-sonnet-4-5 | 1000000 | 0       | 0.3  |
      | claude-sonnet-4-5 | 0       | 1000000 | 3.75 |
      | claude-sonnet-4-5 | 500000  | 500000  | 2.025 |
      | claude-x-1        | 1000000 | 0       | 30   |

  Scenario: No price list
    Given the only prices are
      """
      # none yet
      """
    And W0-CHN has the requests
      | ts    | lane     | model             |
      | 09:00 | baseline | claude-sonnet-4-5 |
      | 09:01 | glm      | glm-4.6           |
    When I run "bin/cost-compare --window W0-CHN"
    Then it prints the lines
      """
      Offloading: unknown (no price for glm-4.6)
      Without a price: claude-sonnet-4-5, glm-4.6
      """
