Feature: The same queries run on every engine

  Without `--engine`, a query runs on SQLite, which reads the book itself.

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 01:00 | main  | codex    | before | W1     | 10%    |
      | 02:00 | main  | codex    | after  | W1     | 12%    |
    And W1 has the requests
      | ts    | rid | lane     | model             | input_tokens | output_tokens | latency_ms | status |
      | 01:10 | a   | glm      | glm-4.6           | 9000         | 1000          | 100        | 200    |
      | 01:20 | b   | glm      | glm-4.6           | 9000         | 1000          | 300        | 500    |
      | 01:30 | a   | baseline | claude-sonnet-4-5 | 9000         | 1000          | 200        | 200    |

  Scenario: The proxy's requests by side
    When I run "bin/query proxy"
    Then it prints
      """
      proxy on sqlite: 3 requests in 1 window
        window  side      requests  share %  p50 ms  p95 ms  errors  error %
        W1      all              3      100     200     290       1     33.3
        W1      routed           2     66.7     200     290       1       50
        W1      baseline         1     33.3     200     200       0        0
      """

  Scenario: What a window used of its limits, as JSON
    When I run "bin/query meters W1 --format json"
    Then the JSON has
      | path                   | value  |
      | query                  | meters |
      | engine                 | sqlite |
      | rows.0.window_id      | W1     |
      | rows.0.meter          | weekly |
      | rows.0.before_percent | 10     |
      | rows.0.used_percent   | 2      |
