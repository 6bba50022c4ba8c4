Feature: The forms of ccusage's JSON

  Background:
    Given the lines
      """
      {"daily": [{"agent": "all", "period": "2026-11-21", "inputTokens": 100, "outputTokens": 50, "cacheCreationTokens": 200, "cacheReadTokens": 1000, "totalTokens": 1350, "totalCost": 0.42, "modelBreakdowns": [{"modelName": "claude-sonnet-4-5", "inputTokens": 100, "outputTokens": 50, "cacheCreationTokens": 200, "cacheReadTokens": 1000, "cost": 0.42}]}]}
      """
    When I pipe the pane into "bin/import ccusage" at 09:00

  Scenario: A week, a month and sessions
    Given the lines
      """
      {"weekly": [{"period": "2026-11-16", "totalTokens": 7}], "monthly": [{"month": "2026-11", "totalTokens": 9}],
       "sessions": [{"sessionId": "s-1", "projectPath": "/home/ada/app", "lastActivity": "2026-11-21", "totalTokens": 5}]}
      """
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then the journal imported_usage reads
      | kind    | period     | project | total_tokens | usd  |
      | daily   | 2026-11-21 | null    | 1350         | 0.42 |
      | weekly  | 2026-11-16 | null    | 7            | null |
      | monthly | 2026-11    | null    | 9            | null |
      | session | s-1        | ~/app   | 5            | null |

  Scenario: Older versions
    Given the lines
      """
      {"type": "daily", "data": [{"date": "2025-06-20", "inputTokens": 10, "outputTokens": 5, "cacheCreationTokens": 0, "cacheReadTokens": 0, "totalTokens": 15, "costUSD": 0.01}], "summary": {}}
      """
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then row 2 of the journal imported_usage has "period" 2025-06-20
    And row 2 of the journal imported_usage has "usd" 0.01

  Scenario: Codex alone, whose cached tokens older versions count as input
    Given the lines
      """
      {"daily": [{"date": "2026-11-20", "inputTokens": 1000, "cachedInputTokens": 400, "outputTokens": 100, "reasoningOutputTokens": 30, "totalTokens": 1100, "costUSD": 0.0018}]}
      """
    When I pipe the pane into "bin/import ccusage --scope codex" at 10:00
    Then row 2 of the journal imported_usage has "scope" codex
    And row 2 of the journal imported_usage has "input_tokens" 600
    And row 2 of the journal imported_usage has "cache_read_tokens" 400
    And row 2 of the journal imported_usage has "reasoning_tokens" 30

  Scenario: Unusable entries are kept with the reason
    Given the lines
      """
      {"daily": [{"date": "2026-11-18", "inputTokens": -1}, {"date": "2026-11-19", "totalTokens": 3}, {"inputTokens": 1}]}
      """
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then it prints "ccusage from stdin: accepted 1, duplicates 0, rejected 2"
    And the journal rejects/import reads
      | line | reason                                                                                |
      | 1    | stdin: inputTokens is -1, not a number of tokens                                      |
      | 3    | stdin: no period: none of period, date, week, month, sessionId, session is there      |

  Scenario: Not ccusage's JSON
    Given the lines
      """
      {"blocks": []}
      """
    When I pipe the pane into "bin/import ccusage" at 10:00
    Then it exits with 65 and says
      """
      import: stdin: not a report of ccusage: it has no list of daily, weekly, monthly or session; nothing booked
      """
    And nothing was written
