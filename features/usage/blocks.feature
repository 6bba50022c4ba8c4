Feature: The vendor's five-hour windows, measured where a meter shows their end

  Scenario: A pane shows the end of a block to the minute
    Given Ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And agents used
      | at    | tool  | model         | input | output |
      | 08:09 | codex | gpt-5.2-codex | 1     | 0      |
      | 08:10 | codex | gpt-5.2-codex | 10    | 0      |
      | 13:09 | codex | gpt-5.2-codex | 100   | 0      |
      | 13:10 | codex | gpt-5.2-codex | 1000  | 0      |
      | 18:05 | codex | gpt-5.2-codex | 10000 | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed | tool  | total_tokens |
      | 2026-11-22T08:00:00Z | 2026-11-22T08:10:00Z | true    | codex | 1            |
      | 2026-11-22T08:10:00Z | 2026-11-22T13:10:00Z | false   | codex | 110          |
      | 2026-11-22T13:10:00Z | 2026-11-22T18:00:00Z | true    | codex | 1000         |
      | 2026-11-22T18:00:00Z | 2026-11-22T23:00:00Z | true    | codex | 10000        |
    When I run "bin/usage blocks"
    Then it prints
      """
      Usage blocks: 11,111 tokens (11,111 new), 0.0194 USD at API list prices, or as logged
        Block                    Tool    Input  Cache write  Cache read  Output   Total     USD
        ~2026-11-22 08:00-08:10  codex       1            0           0       0       1  0.0000
        2026-11-22 08:10-13:10   codex     110            0           0       0     110  0.0002
        ~2026-11-22 13:10-18:00  codex   1,000            0           0       0   1,000  0.0018
        ~2026-11-22 18:00-23:00  codex  10,000            0           0       0  10,000  0.0175
        Total                           11,111            0           0       0  11,111  0.0194
      ~ guessed: no meter shows when this block began
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """

  Scenario: Each vendor has its own blocks
    Given Ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And Bo starts claude in W1 at 09:00 with session 5% resets 2pm (UTC)
    And agents used
      | at    | tool   | model           | input | output |
      | 13:30 | codex  | gpt-5.2-codex   | 1     | 0      |
      | 13:30 | claude | claude-opus-4-5 | 10    | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed | tool   | total_tokens |
      | 2026-11-22T09:00:00Z | 2026-11-22T14:00:00Z | false   | claude | 10           |
      | 2026-11-22T13:10:00Z | 2026-11-22T18:00:00Z | true    | codex  | 1            |

  Scenario: An unused meter has no block yet
    Given Ada starts codex in W1 at 09:00 with 5h 0% resets 14:00
    And agents used
      | at    | tool  | input |
      | 10:20 | codex | 1     |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed |
      | 2026-11-22T10:00:00Z | 2026-11-22T15:00:00Z | true    |

  Scenario: A voided snapshot does not count
    Given Ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And "bin/undo codex --agent ada" was run
    And agents used
      | at    | tool  | input |
      | 10:20 | codex | 1     |
    When I run "bin/usage blocks --format json"
    Then the JSON value at "rows.0.guessed" is true
