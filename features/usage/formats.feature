Feature: Usage as text, JSON, CSV and markdown

  Background:
    Given agents used
      | at    | tool   | model                    | session                              | input | output |
      | 09:00 | claude | claude-opus-4-5-20251101 | 5e1f0a52-0000-4000-8000-000000000001 | 1000  | 100    |
      | 09:05 | codex  | gpt-5.2-codex            | 5e1f0a52-0000-4000-8000-000000000002 | 2000  | 200    |

  Scenario: CSV has a line for each row
    When I run "bin/usage --format csv"
    Then it prints as CSV the columns
      | period     | tool   | model                    | requests | input_tokens | output_tokens | total_tokens | usd    |
      | 2026-11-22 | claude | claude-opus-4-5-20251101 | 1        | 1000         | 100           | 1100         | 0.0075 |
      | 2026-11-22 | codex  | gpt-5.2-codex            | 1        | 2000         | 200           | 2200         | 0.0063 |

  Scenario: CSV of blocks and of no rows
    When I run "bin/usage blocks --format csv"
    Then it prints as CSV the columns
      | period               | ends_at              | guessed | tool   |
      | 2026-11-22T09:00:00Z | 2026-11-22T14:00:00Z | true    | claude |
      | 2026-11-22T09:00:00Z | 2026-11-22T14:00:00Z | true    | codex  |
    When I run "bin/usage --since 2027-01-01 --format csv"
    Then it prints "period,tool,model,requests,input_tokens,cache_read_tokens,cache_write_tokens,cache_write_1h_tokens,output_tokens,reasoning_tokens,total_tokens,usd,usd_known"

  Scenario: CSV escapes formulas
    Given agents used
      | at    | model     |
      | 10:00 | =cmd('a') |
    When I run "bin/usage model --format csv"
    Then it prints the lines
      """
      '=cmd('a'),claude,'=cmd('a'),1,100,0,0,0,10,0,110,,0.0
      """

  Scenario: Markdown
    When I run "bin/usage --by model --format markdown"
    Then it prints the lines
      """
      | Day | Model | Input | Cache write | Cache read | Output | Total | USD |
      | 2026-11-22 | gpt-5.2-codex | 2,000 | 0 | 0 | 200 | 2,200 | 0.0063 |
      |  | claude-opus-4-5-20251101 | 1,000 | 0 | 0 | 100 | 1,100 | 0.0075 |
      | Total |  | 3,000 | 0 | 0 | 300 | 3,300 | 0.0138 |
      """
