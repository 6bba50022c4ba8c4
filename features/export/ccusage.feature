Feature: The JSON of ccusage

  `export ccusage REPORT` prints what `ccusage REPORT --json` would, from the book.

  Background:
    Given agents used
      | agent | at               | tool   | session | model           | input | output | usd |
      | ada   | 2026-11-20 09:10 | claude | s1      | claude-opus-4-5 | 100   | 10     | 1.5 |
      | ada   | 2026-11-20 09:20 | claude | s2      | glm-4.6         | 7     | 3      |     |
      | bo    | 2026-11-22 09:10 | codex  | s3      | gpt-5.2-codex   | 200   | 20     |     |

  Scenario: A day has the tokens of every agent
    When I run "bin/export ccusage" at 10:00
    Then the JSON rows at "daily" are
      | period     | agent | totalTokens |
      | 2026-11-20 | all   | 120         |
      | 2026-11-22 | all   | 220         |
    And the JSON value at "totals.totalTokens" is 340

  Scenario: A week is named by its Monday, a month by its number
    When I run "bin/export ccusage weekly" at 10:00
    Then the JSON value at "weekly.0.period" is 2026-11-16
    When I run "bin/export ccusage monthly" at 10:00
    Then the JSON value at "monthly.0.period" is 2026-11

  Scenario: Sessions are of one agent each, the most expensive first
    When I run "bin/export ccusage session" at 10:00
    Then the JSON rows at "session" are
      | period | agent  | totalTokens |
      | s1     | claude | 110         |
      | s3     | codex  | 220         |
      | s2     | claude | 10          |

  Scenario: Days may be limited
    When I run "bin/export ccusage --since 2026-11-21" at 10:00
    Then the JSON value at "totals.totalTokens" is 220

  Scenario: An unknown report
    When I run "bin/export ccusage yearly" at 10:00
    Then it exits with 2
