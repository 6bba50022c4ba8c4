Feature: The budget of a window, from the context tokens that the panes show

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
    Given Ada starts codex in W0-CHP at 09:00 with context <tokens>, 5h 11%
    When I run "bin/preview --window W0-CHP --block budget"
    Then it prints
      """
      Budget: planned 200,000, <line>
      """

    Examples: no level of warning is reached
      | tokens | line                                                     |
      | 0      | used 0, left 200,000  ░░░░░░░░░░░░░░░░░░░░ 0%            |
      | 139K   | used 139,000, left 61,000  ██████████████░░░░░░ 69.5%    |

  Scenario Outline: <tokens> tokens of 200,000 reach a level
    Given Ada starts codex in W0-CHP at 09:00 with context <tokens>, 5h 11%
    When I run "bin/preview --window W0-CHP --block budget"
    Then it prints
      """
      Budget: planned 200,000, <line>
      Warning: <warning> or more of the budget is used
      """

    Examples: the highest level that is reached
      | tokens | line                                                     | warning |
      | 140K   | used 140,000, left 60,000  ██████████████░░░░░░ 70%      | 70%     |
      | 179K   | used 179,000, left 21,000  ██████████████████░░ 89.5%    | 70%     |
      | 180K   | used 180,000, left 20,000  ██████████████████░░ 90%      | 90%     |
      | 200K   | used 200,000, left 0  ████████████████████ 100%          | 100%    |
      | 240K   | used 240,000, left -40,000  ████████████████████ 120%    | 100%    |

  Scenario: The newest pane of each agent counts
    Given the snapshots
      | at    | agent | provider | phase  | window | context | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHP | 12K     | 4%  |
      | 09:00 | bo    | codex    | before | W0-CHP | 30K     | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHP | 90K     | 51% |
    When I run "bin/preview --window W0-CHP --block budget --format json"
    Then the JSON has
      | path                   | value   |
      | budget.name            | default |
      | budget.planned_tokens  | 200000  |
      | budget.capacity_tokens | 272000  |
      | budget.used_tokens     | 120000  |
      | budget.left_tokens     | 80000   |
      | budget.used_percent    | 60      |
      | budget.level           | null    |

  Scenario: A window may name its own budget
    Given Ada starts codex in W0-CHN at 09:00 with context 25K, 5h 11%
    When I run "bin/preview --window W0-CHN --block budget"
    Then it prints
      """
      Budget: planned 50,000, used 25,000, left 25,000  ██████████░░░░░░░░░░ 50%
      Warning: 50% or more of the budget is used
      """

  Scenario: Without context tokens the usage is unknown
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN --block budget"
    Then it prints "Budget: planned 50,000, used - (no pane shows context tokens)"
    When I run "bin/preview --window W0-CHN --block budget --format json"
    Then the JSON has
      | path                | value |
      | budget.used_tokens  | null  |
      | budget.left_tokens  | null  |
      | budget.used_percent | null  |
