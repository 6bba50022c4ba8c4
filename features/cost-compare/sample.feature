Feature: cost-compare compares routed and baseline requests by feature

  Background:
    Given the only prices are
      """
      as_of  = 2026-11-22
      source = "a price list of example.com"

      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """

  Scenario: The sample has four matched features
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/cost-compare --window W0-CHN"
    Then it prints
      """
      Offloading saved 0.1654 USD (1 of 4 routed requests failed)
      Saved per matched feature: 0.0413 USD (95% interval -0.0196 to 0.1023, n=4)
      Points of claude weekly: unknown (points and tokens are known of 0 of 3 windows)
      W0-CHN: routed against baseline

      USD
        Feature          Saved  Baseline  Routed    Delta
        search-index    0.0802    0.0941  0.0180  -0.0761
        checkout-flow   0.0636    0.0766  0.0143  -0.0623
        login-form     -0.0056    0.0452  0.0056  -0.0396
        csv-export      0.0272    0.0320  0.0058  -0.0262
        all matched     0.1654    0.2480  0.0437  -0.2043
        whole window    0.1654    0.2480  0.0437  -0.2043

      Tokens
        Feature        Baseline  Routed   Delta
        search-index     23,820  24,530     710
        checkout-flow    19,700  19,515    -185
        login-form       10,600   9,350  -1,250
        csv-export        7,180   7,100     -80
        all matched      61,300  60,495    -805
        whole window     61,300  60,495    -805

      Requests and errors
        Feature        Baseline  Routed  Errors  Routed
        search-index          1       1      0%      0%
        checkout-flow         1       1      0%      0%
        login-form            1       1      0%    100%
        csv-export            1       1      0%      0%
        all matched           4       4      0%     25%
        whole window          4       4      0%     25%

      Latency in ms
        Feature        Baseline p50  Routed  Baseline p95  Routed
        search-index          9,780   8,860         9,780   8,860
        checkout-flow         8,420   6,180         8,420   6,180
        login-form            5,260  12,000         5,260  12,000
        csv-export            4,150   3,240         4,150   3,240
        all matched           6,840   7,520         9,576  11,529
        whole window          6,840   7,520         9,576  11,529

      In all
      Matched: 4
      Unmatched: 0
      Spent: 0.2917 USD (baseline 0.2480 USD, routed 0.0437 USD)
      At the baseline's prices: 0.2091 USD (healthy routed requests: 3)
      Retried on the baseline: 0 of 1 failed routed requests
      Prices in USD as of 2026-11-22, from a price list of example.com
      """

  Scenario: Figures that can be verified by hand
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
