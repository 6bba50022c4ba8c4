Feature: GLM has no percentage, so its features count per request and new token

  Requests and tokens are those that the proxy routed, else those of GLM models in agents' logs;
  requests else those that GLM's panes count.

  Background:
    Given "bin/snapshot start glm --window W1 --set requests=10 --at 2026-11-22T01:00Z" was run
    And "bin/snapshot end glm --window W1 --set requests=30 --at 2026-11-22T01:50Z" was run
    And "bin/snapshot start glm --window W2 --set requests=30 --at 2026-11-22T02:00Z" was run
    And "bin/snapshot end glm --window W2 --set requests=40 --at 2026-11-22T02:50Z" was run
    And "bin/snapshot start glm --window W3 --set requests=40 --at 2026-11-22T03:00Z" was run
    And "bin/snapshot end glm --window W3 --set requests=70 --at 2026-11-22T03:50Z" was run
    And agents used
      | at    | model             | input | cache_read | output |
      | 03:10 | glm-4.6           | 9000  | 70000      | 1000   |
      | 03:20 | z-ai/glm-4.6      | 9000  |            | 1000   |
      | 03:30 | claude-sonnet-4-5 | 9000  |            | 1000   |
    And W1 has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | status |
      | 01:10 | a   | glm      | glm-4.6           | 9000         | 1000          | 200    |
      | 01:20 | a   | glm      | glm-4.6           | 9000         | 1000          | 500    |
      | 01:30 | a   | baseline | claude-sonnet-4-5 | 9000         | 1000          | 200    |
    And W2 has the requests
      | ts    | rid | lane | model   | input_tokens | output_tokens |
      | 02:10 | b   | glm  | glm-4.6 | 19000        | 1000          |
    And "bin/finalize --window W1 --features glm=2 --methodology tdd" was run
    And "bin/finalize --window W2 --features glm=1 --methodology tdd" was run
    And "bin/finalize --window W3 --features glm=3" was run

  Scenario: A row for each unit
    When I run "bin/scoreboard"
    Then it prints
      """
      Scoreboard over 3 finalized windows

      Features per request and new token
        provider  method  per             n  features  amount  ratio  95% interval
        glm       all     1,000 requests  3         6       5  1,200  411 to 1,989
                  (none)  1,000 requests  1         3       2      -             -
                  tdd     1,000 requests  2         3       3      -             -
        glm       all     million tokens  3         6  60,000    100   0.00 to 224
                  (none)  million tokens  1         3  20,000      -             -
                  tdd     million tokens  2         3  40,000      -             -
      Requests and tokens: of the proxy, else of logs; requests else of panes.
      A ratio needs 3 windows with a known amount.
      """
    And nothing was written

  Scenario: JSON has the unit and the amount, and points where these are the unit
    Given the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 04:00 | ada   | codex    | before | W4     | 10%    |
      | 04:30 | ada   | codex    | after  | W4     | 14%    |
    And "bin/finalize --window W4 --features codex=2,glm=1" was run
    When I run "bin/scoreboard --format json"
    Then the JSON rows at "scores" are
      | provider | scope       | methodology | unit    | n | left_out | features | amount | per_unit | points |
      | codex    | all         | null        | point   | 1 | 0        | 2        | 4      | null     | 4      |
      | codex    | methodology | null        | point   | 1 | 0        | 2        | 4      | null     | 4      |
      | glm      | all         | null        | request | 3 | 1        | 6        | 5      | 1.2      | null   |
      | glm      | methodology | null        | request | 1 | 1        | 3        | 2      | null     | null   |
      | glm      | methodology | tdd         | request | 2 | 0        | 3        | 3      | null     | null   |
      | glm      | all         | null        | token   | 3 | 1        | 6        | 60000  | 0.0001   | null   |
      | glm      | methodology | null        | token   | 1 | 1        | 3        | 20000  | null     | null   |
      | glm      | methodology | tdd         | token   | 2 | 0        | 3        | 40000  | null     | null   |
