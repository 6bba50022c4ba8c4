Feature: What the routed work would have cost in points of the baseline's weekly meter

  The book's own rate: new tokens of the provider's models per point, over the windows in which both
  are known exactly. Three windows are the fewest that have an interval.

  Background:
    Given the only prices are
      """
      [prices]
      "gpt-*"    = { input = 2, output = 10 }
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """
    And the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 01:00 | ada   | codex    | before | W1     | 10%    |
      | 01:50 | ada   | codex    | after  | W1     | 12%    |
      | 02:00 | ada   | codex    | before | W2     | 12%    |
      | 02:50 | ada   | codex    | after  | W2     | 16%    |
      | 03:00 | ada   | codex    | before | W3     | 16%    |
      | 03:50 | ada   | codex    | after  | W3     | 20%    |
    And W4 has the requests
      | ts    | rid | lane     | model       | input_tokens | output_tokens |
      | 04:00 | f1  | baseline | gpt-5.6-sol | 5000         | 500           |
      | 04:10 | f1  | glm      | glm-4.6     | 40000        | 2000          |
      | 04:20 | f2  | glm      | glm-4.6     | 20000        | 1000          |

  Scenario: Tokens of agents' logs per point
    Given agents used
      | at    | tool   | model       | session | input  | cache_read | output |
      | 01:10 | codex  | gpt-5.6-sol | s1      | 20000  |            | 1000   |
      | 02:10 | codex  | gpt-5.6-sol | s2      | 40000  |            | 2000   |
      | 03:10 | codex  | gpt-5.6-sol | s3      | 50000  |            | 2000   |
      | 03:20 | claude | glm-4.6     | s4      | 900000 |            | 2000   |
    When I run "bin/cost-compare --window W4"
    Then it prints the lines
      """
      Offloading saved 0.1074 USD
      The routed work would have cost 5.5 [4.1, 8.3] points of codex weekly
        at this book's 11.5k new tokens per point (3 windows, 95% interval)
      """
    When I run "bin/cost-compare --window W4 --format json"
    Then the JSON has
      | path                                  | value  |
      | points_saved.0.provider               | codex  |
      | points_saved.0.meter                  | weekly |
      | points_saved.0.windows                | 3      |
      | points_saved.0.tokens                 | 63000  |
      | points_saved.0.tokens_per_point.ratio | 11500  |
      | points_saved.0.usd                    | 0.15   |
      | points_saved.0.usd_per_point.ratio    | 0.027  |
      | points_saved.0.reason                 | null   |

  Scenario: A finalized window in which others share an account keeps its points
    Given the config file accounts.toml says
      """
      [accounts.team]
      provider = "claude"
      agents   = ["bo", "cy"]
      """
    And bo starts claude in W1 at 01:00 with week 1%
    And cy starts claude in W1 at 01:00 with week 1%
    And "bin/finalize W1 --outcome pass" was run
    And agents used
      | at    | tool   | model       | session | input  | output |
      | 01:10 | codex  | gpt-5.6-sol | s1      | 20000  | 1000   |
      | 02:10 | codex  | gpt-5.6-sol | s2      | 40000  | 2000   |
      | 03:10 | codex  | gpt-5.6-sol | s3      | 50000  | 2000   |
    When I run "bin/cost-compare --window W4 --format json"
    Then the JSON has
      | path                   | value |
      | points_saved.0.windows | 3     |

  Scenario Outline: Windows without agents' logs have the tokens of the proxy's baseline: <what>
    Given W1 has the requests
      | ts    | rid | lane     | model       | input_tokens | cached_input_tokens | output_tokens |
      | 01:10 | a   | baseline | gpt-5.6-sol | 25000        | 5000                | 1000          |
      | 01:20 | b   | glm      | glm-4.6     | 90000        |                     | 1000          |
    And W2 has the requests
      | ts    | rid | lane     | model       | input_tokens | output_tokens |
      | 02:10 | c   | baseline | gpt-5.6-sol | 40000        | 2000          |
    And W3 has the requests
      | ts    | rid | lane     | model       | input_tokens | output_tokens |
      | 03:10 | d   | baseline | <model>     | 50000        | 2000          |
    When I run "bin/cost-compare --window W4 --format json"
    Then the JSON has
      | path                                  | value |
      | points_saved.0.windows                | 3     |
      | points_saved.0.tokens_per_point.ratio | 11500 |
      | points_saved.0.usd_per_point.ratio    | <usd> |

    Examples:
      | what            | model       | usd   |
      | all with prices | gpt-5.6-sol | 0.028 |
      | one without     | o3          | null  |

  Scenario: Too few windows
    When I run "bin/cost-compare --window W4"
    Then it prints the lines
      """
      Points of codex weekly: unknown (points and tokens are known of 0 of 3 windows)
      """
    When I run "bin/cost-compare --window W4 --format json"
    Then the JSON has
      | path                                  | value                                        |
      | points_saved.0.points                 | null                                         |
      | points_saved.0.tokens_per_point.ratio | null                                         |
      | points_saved.0.windows_needed         | 3                                            |
      | points_saved.0.reason                 | points and tokens are known of 0 of 3 windows |

  Scenario: A failed request saves no points, and each provider has its share of the baseline
    Given W5 has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | status |
      | 05:00 | f1  | baseline | gpt-5.6-sol       | 3000         | 0             | 200    |
      | 05:00 | f1  | baseline | claude-sonnet-4-5 | 1000         | 0             | 200    |
      | 05:10 | f1  | glm      | glm-4.6           | 40000        | 0             | 200    |
      | 05:20 | f2  | glm      | glm-4.6           | 20000        | 1000          | 500    |
    When I run "bin/cost-compare --window W5 --format json"
    Then the JSON rows at "points_saved" are
      | provider | tokens | usd  |
      | claude   | 10000  | 0.03 |
      | codex    | 30000  | 0.06 |
