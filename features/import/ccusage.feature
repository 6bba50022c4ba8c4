Feature: Import ccusage's totals of days, weeks, months and sessions

  They are totals of a foreign tool, not requests: kept as evidence, and added to nothing.

  Background:
    Given the lines
      """
      {"daily": [{"agent": "all", "period": "2026-11-21", "inputTokens": 100, "outputTokens": 50, "cacheCreationTokens": 200, "cacheReadTokens": 1000, "totalTokens": 1350, "totalCost": 0.42, "modelBreakdowns": [{"modelName": "claude-sonnet-4-5", "inputTokens": 100, "outputTokens": 50, "cacheCreationTokens": 200, "cacheReadTokens": 1000, "cost": 0.42}]}]}
      """
    When I pipe the pane into "bin/import ccusage" at 09:00

  Scenario: A document is booked
    Then it prints "ccusage from stdin: accepted 1, duplicates 0, rejected 0"
    And the journal imported_usage reads
      | tool    | kind  | period     | scope | input_tokens | cache_read_tokens | cache_write_tokens | output_tokens | total_tokens | usd  | source |
      | ccusage | daily | 2026-11-21 | all   | 100          | 1000              | 200                | 50            | 1350         | 0.42 | import |
    And row 1 of the journal imported_usage has "models.0.model" claude-sonnet-4-5

  Scenario: The same document again adds nothing
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then it prints "ccusage from stdin: accepted 0, duplicates 1, rejected 0"
    And the journal imported_usage has 1 row

  Scenario: Other figures of the same day supersede the earlier ones
    Given the lines
      """
      {"daily": [{"agent": "all", "period": "2026-11-21", "inputTokens": 150, "outputTokens": 50, "totalTokens": 200, "totalCost": 0.5}]}
      """
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then it prints "ccusage from stdin: accepted 1, duplicates 0, rejected 0"
    And row 2 of the journal imported_usage has "supersedes" ID
    When I run "bin/import ccusage --list"
    Then it prints
      """
      1 periods from ccusage; reports do not add them to the agents' own logs
        kind   period      of   tokens   USD  as of
        daily  2026-11-21  all     200  0.50  2026-11-22 10:00
      """

  Scenario: An older report never supersedes a newer one
    Given the lines
      """
      {"daily": [{"agent": "all", "period": "2026-11-21", "inputTokens": 1, "outputTokens": 1, "totalTokens": 2}]}
      """
    When I pipe the pane into "bin/import ccusage" at 08:00
    Then it prints "ccusage from stdin: accepted 0, duplicates 1, rejected 0"
