Feature: The block Usage shows what the agents' own logs recorded in the window

  Scenario: Tools and models of the window, and the tokens without cache
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And agents used
      | at    | tool   | model           | input | cache_read | output |
      | 08:59 | claude | claude-opus-4-5 | 7777  |            | 0      |
      | 09:00 | claude | claude-opus-4-5 | 1000  | 50000      | 100    |
      | 10:00 | claude | claude-opus-4-5 | 2000  | 60000      | 200    |
      | 11:00 | codex  | gpt-5.2-codex   | 3200  |            | 300    |
    When I run "bin/preview --window W0-CHN --block usage"
    Then it prints
      """
      Usage
      116,800 tokens, 6,800 of them new, 0.0873 USD
        tool    model            requests   tokens     USD
        claude  claude-opus-4-5         2  113,300  0.0775
        codex   gpt-5.2-codex           1    3,500  0.0098
      """
    When I run "bin/preview --window W0-CHN --block usage --format json"
    Then the JSON has
      | path                          | value         |
      | usage.rows.0.tool             | claude        |
      | usage.rows.0.cache_read_tokens | 110000       |
      | usage.rows.1.model            | gpt-5.2-codex |
      | usage.totals.requests         | 3             |
      | usage.totals.total_tokens     | 116800        |
      | usage.totals.new_tokens       | 6800          |
      | usage.unpriced                |               |

  Scenario: It follows the proxy in the whole preview
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And W0-CHN has the requests
      | ts    |
      | 09:00 |
    And agents used
      | at    |
      | 09:30 |
    When I run "bin/preview --window W0-CHN"
    Then it prints the lines
      """
      Meters
      Subagent Proxy
      Usage
      Snapshots
      """

  Scenario: A model without a price
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And agents used
      | at    | model |
      | 09:30 | otter |
    When I run "bin/preview --window W0-CHN --block usage"
    Then it prints the lines
      """
      110 tokens, 110 of them new, - USD
      Without a price: otter
      """

  Scenario: A window without logged requests has no such block
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And agents used
      | at    |
      | 08:30 |
    When I run "bin/preview --window W0-CHN"
    Then it prints no line with "Usage"
    When I run "bin/preview --window W0-CHN --block usage --format json"
    Then the JSON value at "usage" is null
