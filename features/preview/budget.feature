Feature: The budget of a window, from the new tokens of its requests

  Background:
    Given the windows
      | window | budget |
      | W0-CHN | small  |
      | W0-CHP |        |
    And the config file budgets.toml says
      """
      [budgets.default]
      capacity_tokens = 272_000
      target_tokens   = 200_000
      warn            = [0.70, 0.90, 1.00]

      [budgets.small]
      capacity_tokens = 100_000
      target_tokens   = 50_000
      warn            = [0.5]
      """

  Scenario Outline: <tokens> tokens of 200,000
    Given W0-CHP has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | <tokens>     | 0             |
    When I run "bin/preview --window W0-CHP --block budget"
    Then it prints
      """
      Budget: planned 200,000, <line>
      """

    Examples: no level of warning is reached
      | tokens | line                                                  |
      | 1      | used 1 (feeds), left 199,999  ░░░░░░░░░░░░░░░░░░░░ 0% |
      | 139000 | used 139,000 (feeds), left 61,000  ██████████░░░░ 69.5% |

  Scenario Outline: <tokens> tokens of 200,000 reach a level
    Given W0-CHP has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | <tokens>     | 0             |
    When I run "bin/preview --window W0-CHP --block budget"
    Then it prints
      """
      Budget: planned 200,000, <line>
      Warning: <warning> or more of the budget is used
      """

    Examples: the highest level that is reached
      | tokens | line                                                     | warning |
      | 140000 | used 140,000 (feeds), left 60,000  ███████████░░░░░ 70%  | 70%     |
      | 179000 | used 179,000 (feeds), left 21,000  █████████████░ 89.5%  | 70%     |
      | 180000 | used 180,000 (feeds), left 20,000  ██████████████░░ 90%  | 90%     |
      | 200000 | used 200,000 (feeds), left 0  ████████████████████ 100%  | 100%    |
      | 240000 | used 240,000 (feeds), left -40,000  ██████████████ 120%  | 100%    |

  Scenario: A window may name its own budget
    Given W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 25000        | 0             |
    When I run "bin/preview --window W0-CHN --block budget"
    Then it prints
      """
      Budget: planned 50,000, used 25,000 (feeds), left 25,000  █████████░░░░░░░░░ 50%
      Warning: 50% or more of the budget is used
      """

  Scenario: Without requests nothing is used, and the context is shown apart
    Given Ada starts codex in W0-CHN at 09:00 with context 190K, 5h 11%
    When I run "bin/preview --window W0-CHN --block budget"
    Then it prints
      """
      Budget: planned 50,000, used 0 (no requests are booked; run ingest)
      Context: 190,000 of 272,000 tokens (ada codex)
      """
    When I run "bin/preview --window W0-CHN --block budget --format json"
    Then the JSON has
      | path                | value       |
      | budget.used_tokens  | 0           |
      | budget.used_from    | null        |
      | budget.reason       | no-requests |
      | budget.left_tokens  | 50000       |
      | budget.used_percent | 0           |
