Feature: Each agent's checkpoint, and the window's

  If several agents work in a window, a checkpoint books two rows: the share of its agent, and the
  window's own row, which has no agent. The plan is in the window's row alone, so that in each phase
  every column of the ledger adds up.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-22T18:00:00 |

  Scenario: The shares are those of the agents' logs, and they add up to the window
    Given Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And Bo starts codex in W0-CHN at 09:00 with weekly 2%
    And agents used
      | agent | at    | tool  | session | input | output |
      | ada   | 09:10 | codex | s1      | 4000  | 1000   |
      | bo    | 09:20 | codex | s2      | 500   | 200    |
    And "bin/checkpoint W0-CHN --agent ada --phase final --plan 9000 --at 2026-11-22T18:00Z" was run
    When I run "bin/checkpoint W0-CHN --agent bo --phase final" at 18:01
    Then it prints the lines
      """
      FINAL W0-CHN bo: planned -, actual 700, delta - (ID)
      already booked: FINAL W0-CHN in all: planned 9,000, actual 5,700, delta -3,300 (ID)
      """
    And the token ledger reads
      | session_id | agent | tokens_planned | tokens_actual | delta | provider | checkpoint |
      | W0-CHN     | ada   |                | 5000          |       | codex    | final      |
      | W0-CHN     |       | 9000           | 5700          | -3300 | codex    | final      |
      | W0-CHN     | bo    |                | 700           |       | codex    | final      |
    When I run "bin/check"
    Then it exits with 0

  Scenario: The proxy does not show whose a request is, so a share is unknown
    Given Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And Bo starts codex in W0-CHN at 09:00 with weekly 2%
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 9000         | 1000          |
    When I run "bin/checkpoint W0-CHN --agent ada --plan 90000" at 10:00
    Then it prints the lines
      """
      PLAN W0-CHN ada: planned -, actual -, delta - (ID)
      PLAN W0-CHN in all: planned 90,000, actual 10,000, delta -80,000 (ID)
      no source shows which agent sent which requests
      """
    And the journal checkpoints reads
      | agent | tokens_planned | tokens_actual | actual_from | actual_reason    |
      | ada   | null           | null          | null        | agents-not-known |
      |       | 90000          | 10000         | feeds       |                  |

  Scenario: Cron ingests for all: a tool's requests are of the agent that shows its meters
    Given Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And Bo starts claude in W0-CHN at 09:00 with session 5%
    And agents used
      | agent | at    | tool   | input | output |
      | main  | 09:10 | codex  | 4000  | 1000   |
      | main  | 09:20 | claude | 500   | 200    |
    When I run "bin/checkpoint W0-CHN --agent bo" at 10:00
    Then it prints the lines
      """
      PLAN W0-CHN bo: planned -, actual 700, delta - (ID)
      PLAN W0-CHN in all: planned -, actual 5,700, delta - (ID)
      """

  Scenario: Cron books the checkpoint of the window
    Given Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And Bo starts claude in W0-CHN at 09:00 with session 5%
    When I run "bin/checkpoint W0-CHN --actual 900" at 10:00
    Then the journal checkpoints reads
      | agent | tokens_actual |
      |       | 900           |

  Scenario: The commits are those of the window
    Given the repository app
    And app has the commit begin
    And app has the commit end
      | file | lines   |
      | list | one two |
    And Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And Bo starts codex in W0-CHN at 09:00 with weekly 2%
    And "bin/finalize --window W0-CHN --commit-start begin --commit-end end" was run
    When I run "bin/checkpoint W0-CHN --agent ada --actual 7" at 18:00
    Then the token ledger reads
      | agent | tokens_actual | commits | lines_added | notes                                      |
      | ada   | 7             |         |             | actual_from=given; decision=agents-not-known |
      |       |               | 1       | 2           |                                            |

  Scenario: The plan of the newest checkpoint is what budget and preview show
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 200_000
      """
    And Ada starts codex in W0-CHN at 09:00 with weekly 1%
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 9000         | 1000          |
    And "bin/checkpoint W0-CHN --agent ada --plan 900000 --at 2026-11-22T09:30Z" was run
    When I run "bin/preview --window W0-CHN --block budget" at 10:00
    Then it prints "Budget: planned 900,000, used 10,000 (feeds), left 890,000  ░░░░░░░░░░░░░░░ 1.1%"
    When I run "bin/budget --window W0-CHN --format json" at 10:00
    Then the JSON has
      | path                  | value      |
      | budget.planned_tokens | 900000     |
      | budget.planned_from   | checkpoint |
      | budget.left_tokens    | 890000     |
    Given "bin/checkpoint W0-CHN --agent ada --plan 50000 --at 2026-11-22T10:30Z" was run
    When I run "bin/budget --window W0-CHN --format json" at 11:00
    Then the JSON value at "budget.planned_tokens" is 50000
