Feature: A failed routed request replaces no baseline work

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """

  Scenario: All routed requests failed
    Given W0-CHN has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | status |
      | 10:00 | f1  | baseline | claude-sonnet-4-5 | 10000        | 1000          | 200    |
      | 10:01 | f1  | glm      | glm-4.6           | 10000        | 1000          | 500    |
      | 10:02 | f1  | glm      | glm-4.6           | 10000        | 1000          | 500    |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "Offloading lost 0.0164 USD (2 of 2 routed requests failed)"
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                          | value                                                      |
      | verdict                       | Offloading lost 0.0164 USD (2 of 2 routed requests failed) |
      | features.0.counterfactual_usd | 0                                                          |
      | features.0.saved_usd          | -0.0164                                                    |
      | totals.saved_usd              | -0.0164                                                    |
      | totals.saved_usd_known        | -0.0164                                                    |
      | saved_per_feature             | null                                                       |

  Scenario: One of three failed, after a retry the feature still saved
    Given W0-CHN has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | status |
      | 10:00 | f1  | baseline | claude-sonnet-4-5 | 10000        | 1000          | 200    |
      | 10:01 | f1  | glm      | glm-4.6           | 10000        | 1000          | 500    |
      | 10:02 | f1  | glm      | glm-4.6           | 10000        | 1000          | 200    |
      | 10:03 | f2  | baseline | claude-sonnet-4-5 | 10000        | 1000          | 200    |
      | 10:04 | f2  | glm      | glm-4.6           | 10000        | 1000          | 200    |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "Offloading saved 0.0654 USD (1 of 3 routed requests failed)"
    And it prints the lines
      """
      Saved per matched feature: 0.0327 USD (95% interval -0.0194 to 0.0848, n=2)
      At the baseline's prices: 0.0900 USD (healthy routed requests: 2)
      """

  Scenario Outline: The verdict on other windows: <what>
    Given W0-CHN has the requests
      | ts    | rid | lane   | model   | input_tokens | output_tokens | status   |
      | 10:00 | f1  | <lane> | <model> | 10000        | 1000          | <status> |
      | 10:01 | f1  | glm    | glm-4.6 | 10000        | 1000          | <status> |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "<verdict>"

    Examples:
      | what                     | lane     | model             | status | verdict                                                    |
      | nothing failed           | baseline | claude-sonnet-4-5 | 200    | Offloading saved 0.0368 USD                                |
      | no baseline              | glm      | glm-4.6           | 200    | Offloading: unknown (no baseline requests)                 |
      | no baseline, all failed  | glm      | glm-4.6           | 500    | Offloading lost 0.0164 USD (2 of 2 routed requests failed) |
      | a baseline without price | baseline | gpt-x             | 200    | Offloading: unknown (no price for gpt-x)                   |

  Scenario: No request was routed
    Given W0-CHN has the requests
      | ts    | lane     | model             |
      | 10:00 | baseline | claude-sonnet-4-5 |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "Offloading: unknown (no routed requests)"
