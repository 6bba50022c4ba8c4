Feature: The vendor's five-hour windows: real ones where a meter told when they end, else guessed

  Scenario: a pane tells when a block ends, to the minute
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
      Usage blocks: 11,111 tokens (11,111 new), 0.0194 USD
        Block                    Tool   Model           Input  Cache write  Cache read  Output   Total     USD
        ~2026-11-22 08:00-08:10  codex  gpt-5.2-codex       1            0           0       0       1  0.0000
        2026-11-22 08:10-13:10   codex  gpt-5.2-codex     110            0           0       0     110  0.0002
        ~2026-11-22 13:10-18:00  codex  gpt-5.2-codex   1,000            0           0       0   1,000  0.0018
        ~2026-11-22 18:00-23:00  codex  gpt-5.2-codex  10,000            0           0       0  10,000  0.0175
        Total                                          11,111            0           0       0  11,111  0.0194
      ~ guessed: no meter shows when this block began
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """

  Scenario: each vendor has blocks of its own
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

  Scenario: a meter that shows no use has no window yet: its reset moves on with the clock
    Given Ada starts codex in W1 at 09:00 with 5h 0% resets 14:00
    And agents used
      | at    | tool  | input |
      | 10:20 | codex | 1     |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed |
      | 2026-11-22T10:00:00Z | 2026-11-22T15:00:00Z | true    |

  Scenario: a snapshot that was taken back tells no block
    Given Ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And "bin/undo codex --agent ada" was run
    And agents used
      | at    | tool  | input |
      | 10:20 | codex | 1     |
    When I run "bin/usage blocks --format json"
    Then the JSON value at "rows.0.guessed" is true

  Scenario: a block belongs to the day on which it begins
    Given agents used
      | at               | input |
      | 2026-11-21 22:10 | 1     |
      | 2026-11-22 01:10 | 10    |
      | 2026-11-22 03:10 | 100   |
    When I run "bin/usage blocks --since 2026-11-22 --format json"
    Then the JSON rows at "rows" are
      | period               | total_tokens |
      | 2026-11-22T03:00:00Z | 110          |
    When I run "bin/usage blocks --until 2026-11-21 --format json"
    Then the JSON rows at "rows" are
      | period               | total_tokens |
      | 2026-11-21T22:00:00Z | 31           |

  Scenario: what is left out still begins a block
    Given agents used
      | at    | model | input |
      | 08:10 | one   | 1     |
      | 10:10 | other | 10    |
    When I run "bin/usage blocks --model other --format json"
    Then the JSON rows at "rows" are
      | period               | model | total_tokens |
      | 2026-11-22T08:00:00Z | other | 20           |
