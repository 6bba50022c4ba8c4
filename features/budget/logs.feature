Feature: A budget from the agents' own logs

  Where logs show what the window used, they count before the proxy's telemetry. Of them input,
  cache writes and output count; what a cache served again does not.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T18:00:00 |
    And the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 200_000
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%

  Scenario: The logs show how much was used, and how fast
    Given agents used
      | at    | tool  | model         | input | cache_read | output |
      | 09:10 | codex | gpt-5.2-codex | 4000  | 90000      | 1000   |
      | 10:05 | codex | gpt-5.2-codex | 4000  | 90000      | 1000   |
      | 10:40 | codex | gpt-5.2-codex | 9000  | 90000      | 1000   |
    When I run "bin/budget --window W0-CHN --format json" at 11:00
    Then the JSON has
      | path                            | value |
      | budget.used_tokens              | 20000 |
      | budget.used_from                | logs  |
      | burn.tokens_per_hour.window     | 10000 |
      | burn.tokens_per_hour.last_hour  | 15000 |
    When I run "bin/preview --window W0-CHN --block budget"
    Then it prints "Budget: planned 200,000, used 20,000 (logs), left 180,000  ██░░░░░░░░░░░░░░░ 10%"
    When I run "bin/checkpoint W0-CHN" at 11:00
    Then it prints the lines
      """
      PLAN W0-CHN in all: planned 200,000, actual 20,000, delta -180,000 (ID)
      planned from the budget; actual from the agents' logs
      """
