Feature: A failed routed request that was retried on the baseline is matched to its retry

  The retry is the next healthy request of the same feature, at most ten minutes later, with a prompt
  of similar size. It is a retry on the baseline if that request is a baseline one. `retry_of` of a
  line names the failed request, whatever the time.

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-4.6"  = { input = 0.6, output = 2.2 }
      """

  Scenario: Two attempts and their retry are one piece of work, and other baseline work is not
    Given W0-CHN has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | status |
      | 10:00 | f1  | glm      | glm-4.6           | 10000        | 1000          | 500    |
      | 10:01 | f1  | glm      | glm-4.6           | 10000        | 1000          | 500    |
      | 10:03 | f1  | baseline | claude-sonnet-4-5 | 11000        | 1000          | 200    |
      | 10:20 | f1  | baseline | claude-sonnet-4-5 | 11000        | 1000          | 200    |
      | 10:21 | f2  | glm      | glm-4.6           | 10000        | 0             | 500    |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "Offloading lost 0.0224 USD (3 of 3 routed requests failed)"
    And it prints the lines
      """
      Retried on the baseline: 2 of 3 failed routed requests (0.0164 USD extra)
      """
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                              | value   |
      | features.0.retries.attempts       | 2       |
      | features.0.retries.requests       | 1       |
      | features.0.retries.baseline_alone | 1       |
      | features.0.retries.usd            | 0.0164  |
      | features.0.saved_usd              | -0.0164 |
      | totals.retries.attempts           | 2       |
      | totals.retries.requests           | 1       |
      | totals.retries.usd                | 0.0164  |

  Scenario Outline: What is a retry on the baseline: <what>
    Given W0-CHN has the requests
      | ts    | rid   | lane   | model   | input_tokens | status   | retry_of |
      | 10:00 | f1    | glm    | glm-4.6 | 10000        | 500      |          |
      | <at>  | <rid> | <lane> | <model> | <input>      | <status> | <mark>   |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                    | value      |
      | totals.retries.attempts | <attempts> |

    Examples:
      | what                    | at    | rid | lane     | model             | input | status | mark | attempts |
      | ten minutes later       | 10:10 | f1  | baseline | claude-sonnet-4-5 | 12000 | 200    |      | 1        |
      | eleven minutes later    | 10:11 | f1  | baseline | claude-sonnet-4-5 | 12000 | 200    |      | 0        |
      | before it               | 09:59 | f1  | baseline | claude-sonnet-4-5 | 12000 | 200    |      | 0        |
      | another feature         | 10:01 | f2  | baseline | claude-sonnet-4-5 | 12000 | 200    |      | 0        |
      | another prompt          | 10:01 | f1  | baseline | claude-sonnet-4-5 | 90000 | 200    |      | 0        |
      | tokens are not reported | 10:01 | f1  | baseline | claude-sonnet-4-5 | 0     | 200    |      | 1        |
      | it failed as well       | 10:01 | f1  | baseline | claude-sonnet-4-5 | 12000 | 500    |      | 0        |
      | it was routed           | 10:01 | f1  | glm      | glm-4.6           | 12000 | 200    |      | 0        |
      | it names the request    | 11:30 | f2  | baseline | claude-sonnet-4-5 | 90000 | 200    | f1   | 1        |
      | it names another one    | 11:30 | f2  | baseline | claude-sonnet-4-5 | 90000 | 200    | f3   | 0        |

  Scenario: The retry was booked before the request that it repeats
    Given W0-CHN has the requests
      | ts    | rid | lane     | model             | status |
      | 10:02 | f1  | baseline | claude-sonnet-4-5 | 200    |
    And "bin/cost-compare --window W0-CHN" was run
    And W0-CHN has the requests
      | ts    | rid | lane | model   | status |
      | 10:00 | f1  | glm  | glm-4.6 | 500    |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                    | value |
      | totals.retries.attempts | 1     |
      | totals.retries.requests | 1     |
    When I run "bin/check"
    Then the first line is "ok: 2 rows verified (proxy_telemetry 2)"

  Scenario: Requests that were booked before their window began, and that another window names later
    Given the requests
      | ts    | rid | lane     | model             | status |
      | 10:00 | f1  | glm      | glm-4.6           | 500    |
      | 10:01 | f1  | baseline | claude-sonnet-4-5 | 200    |
    When I pipe the pane into "bin/ingest proxy-telemetry" at 13:00
    And I run "bin/snapshot start codex --window W0-CHN --set 5h=1 --at 2026-11-22T09:00Z"
    And I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                    | value |
      | totals.retries.attempts | 1     |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHP" at 13:00
    And I run "bin/cost-compare --window W0-CHP --format json"
    Then the JSON has
      | path                    | value |
      | totals.routed.requests  | 1     |
      | totals.retries.attempts | 1     |
      | totals.retries.requests | 1     |
    When I run "bin/check"
    Then the first line is "ok: 5 rows verified (snapshots 1, proxy_telemetry 4)"
