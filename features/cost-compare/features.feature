Feature: Which features cost-compare matches

  Background:
    Given the only prices are
      """
      as_of  = 2026-11-22
      source = "a price list of example.com"

      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """

  Scenario: A feature on one side only counts in the totals
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

  Scenario: --top limits the features but not the totals
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

  Scenario: The feed defines the feature
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

  Scenario Outline: Nothing to compare: <what>
    When I run "<command>"
    Then it exits with <code> and says "<sentence>"
    And nothing was created

    Examples:
      | what              | command                              | code | sentence                                                                     |
      | no requests       | bin/cost-compare --window W0-CHN     | 66   | cost-compare: no requests of window W0-CHN are in the book; `ingest` books some |
      | no such window    | bin/cost-compare --window W0-XXX     | 66   | cost-compare: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP, W0-CHQ |
      | top of nothing    | bin/cost-compare --top 0             | 2    | cost-compare: --top is 0; valid: 1 or more                                   |
      | a window, no id   | bin/cost-compare --window ../x       | 2    | cost-compare: window '../x' is not an id                                     |
      | a format          | bin/cost-compare --format xml        | 2    | cost-compare: argument --format: invalid choice: 'xml'                       |
