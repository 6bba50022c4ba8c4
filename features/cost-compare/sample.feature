Feature: routed against baseline, feature by feature

  Background:
    Given the only prices are
      """
      as_of  = 2026-11-22
      source = "a price list of example.com"

      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """

  Scenario: the sample has four matched features, and each has its deltas
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN"
    Then it prints
      """
      W0-CHN: routed against baseline

      Tokens and USD
        Feature        Baseline tokens  Routed   Delta  Baseline USD  Routed    Delta   Saved
        search-index            23,820  24,530     710        0.0941  0.0180  -0.0761  0.0802
        checkout-flow           19,700  19,515    -185        0.0766  0.0143  -0.0623  0.0636
        login-form              10,600   9,350  -1,250        0.0452  0.0056  -0.0396  0.0224
        csv-export               7,180   7,100     -80        0.0320  0.0058  -0.0262  0.0272
        all matched             61,300  60,495    -805        0.2480  0.0437  -0.2043  0.1934
        whole window            61,300  60,495    -805        0.2480  0.0437  -0.2043  0.1934

      Errors and latency
        Feature        Baseline requests  Routed  Errors  Routed  p50 ms  Routed  p95 ms  Routed
        search-index                   1       1      0%      0%   9,780   8,860   9,780   8,860
        checkout-flow                  1       1      0%      0%   8,420   6,180   8,420   6,180
        login-form                     1       1      0%    100%   5,260  12,000   5,260  12,000
        csv-export                     1       1      0%      0%   4,150   3,240   4,150   3,240
        all matched                    4       4      0%     25%   6,840   7,520   9,576  11,529
        whole window                   4       4      0%     25%   6,840   7,520   9,576  11,529

      In all
      Matched: 4
      Unmatched: 0
      Spent: 0.2917 USD (baseline 0.2480 USD, routed 0.0437 USD)
      Offloading saved: 0.1934 USD (routed tokens at the baseline's prices 0.2372)
      Prices in USD as of 2026-11-22, from a price list of example.com
      """

  Scenario: figures that can be checked by hand
    Given W0-CHN has the requests
      | ts    | rid        | lane     | model             | input_tokens | output_tokens | latency_ms | status |
      | 09:00 | login-form | baseline | claude-sonnet-4-5 | 1000000      | 100000        | 1000       | 200    |
      | 09:01 | login-form | baseline | claude-sonnet-4-5 | 1000000      | 100000        | 3000       | 500    |
      | 09:02 | login-form | glm      | glm-4.6           | 2000000      | 100000        | 1500       | 200    |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                                  | value      |
      | window                                | W0-CHN     |
      | prices.as_of                          | 2026-11-22 |
      | matched                               | 1          |
      | unmatched                             | 0          |
      | features.0.feature                    | login-form |
      | features.0.baseline.requests          | 2          |
      | features.0.baseline.tokens            | 2200000    |
      | features.0.baseline.errors            | 1          |
      | features.0.baseline.error_percent     | 50         |
      | features.0.baseline.latency_ms.p50    | 2000       |
      | features.0.baseline.latency_ms.p95    | 2900       |
      | features.0.baseline.usd               | 9          |
      | features.0.routed.requests            | 1          |
      | features.0.routed.tokens              | 2100000    |
      | features.0.routed.error_percent       | 0          |
      | features.0.routed.usd                 | 1.42       |
      | features.0.delta_tokens               | -100000    |
      | features.0.delta_usd                  | -7.58      |
      | features.0.delta_error_percent        | -50        |
      | features.0.delta_latency_ms.p50       | -500       |
      | features.0.counterfactual_usd         | 7.5        |
      | features.0.saved_usd                  | 6.08       |
      | totals.saved_usd                      | 6.08       |
      | totals.all.requests                   | 3          |
      | totals.all.usd                        | 10.42      |

  Scenario: features on one side alone are counted, and are in the totals
    Given W0-CHN has the requests
      | ts    | rid          | lane     | model             |
      | 09:00 | login-form   | baseline | claude-sonnet-4-5 |
      | 09:01 | login-form   | glm      | glm-4.6           |
      | 09:02 | csv-export   | glm      | glm-4.6           |
      | 09:03 | search-index | baseline | claude-sonnet-4-5 |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON rows at "features" are
      | feature    | baseline.requests | routed.requests | baseline.usd | routed.usd | saved_usd |
      | login-form | 1                 | 1               | 0.0045       | 0.00082    | 0.00368   |
    And the JSON has
      | path                    | value   |
      | matched                 | 1       |
      | unmatched               | 2       |
      | matched_totals.saved_usd | 0.00368 |
      | totals.routed.requests  | 2       |
      | totals.saved_usd        | 0.00736 |

  Scenario: --top shows the features with most tokens, and the totals stay whole
    Given W0-CHN has the requests
      | ts    | rid        | lane     | model             | input_tokens |
      | 09:00 | login-form | baseline | claude-sonnet-4-5 | 10           |
      | 09:01 | login-form | glm      | glm-4.6           | 10           |
      | 09:02 | csv-export | baseline | claude-sonnet-4-5 | 5000         |
      | 09:03 | csv-export | glm      | glm-4.6           | 5000         |
    When I run "bin/cost-compare --window W0-CHN --top 1 --format json"
    Then the JSON rows at "features" are
      | feature    |
      | csv-export |
    And the JSON has
      | path                     | value |
      | matched                  | 2     |
      | totals.all.requests      | 4     |
      | matched_totals.baseline.requests | 2 |
    When I run "bin/cost-compare --window W0-CHN --top 1"
    Then it prints the lines
      """
      Matched: 2 (1 not shown)
      """

  Scenario: the feature is what the feed says, not always the rid
    Given in the feed proxy-telemetry "feature = "rid"" became "feature = "reason""
    And W0-CHN has the requests
      | ts    | rid | lane     | model             | reason     |
      | 09:00 | a   | baseline | claude-sonnet-4-5 | login-form |
      | 09:01 | b   | glm      | glm-4.6           | login-form |
      | 09:02 | c   | glm      | glm-4.6           |            |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                  | value      |
      | features.0.feature    | login-form |
      | matched               | 1          |
      | unmatched             | 0          |
      | gaps.without_feature  | 1          |

  Scenario Outline: nothing to compare: <what>
    When I run "<command>"
    Then it exits with <code> and says "<sentence>"
    And nothing was created

    Examples:
      | what              | command                              | code | sentence                                                                     |
      | no telemetry      | bin/cost-compare --window W0-CHN     | 66   | cost-compare: no telemetry of window W0-CHN is in the book; `ingest` books some |
      | no such window    | bin/cost-compare --window W0-XXX     | 66   | cost-compare: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP, W0-CHQ |
      | top of nothing    | bin/cost-compare --top 0             | 2    | cost-compare: --top is 0; valid: 1 or more                                   |
      | a window, no id   | bin/cost-compare --window ../x       | 2    | cost-compare: window '../x' is not an id                                     |
      | a format          | bin/cost-compare --format xml        | 2    | cost-compare: argument --format: invalid choice: 'xml'                       |
