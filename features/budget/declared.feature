Feature: Budgets of a window, day, week or month

  A budget counts tokens, USD at list price or points of a meter, of everything or of an agent,
  account, project or provider. It always counts, whatever the window.

  Background:
    Given the windows
      | window | ends                |
      | W0-CHN | 2026-11-23T18:00:00 |

  Scenario: A day in USD at the list prices of its requests
    Given the config file budgets.toml says
      """
      [budgets.claude-day]
      per      = "day"
      unit     = "usd"
      target   = 20
      provider = "claude"
      """
    And agents used
      | at               | tool   | model           | input   | output |
      | 2026-11-21 23:50 | claude | claude-opus-4-5 | 1000000 | 0      |
      | 2026-11-22 08:50 | claude | claude-opus-4-5 | 2000000 | 0      |
      | 2026-11-22 09:10 | codex  | gpt-5.2-codex   | 900000  | 0      |
    When I run "bin/budget --window W0-CHN" at 12:00
    Then it prints the lines
      """
      Budget claude-day: 10.00 of 20.00 USD (50%), 10.00 left
        day, provider claude, until 2026-11-23 00:00
      """
    When I run "bin/budget --window W0-CHN --format json" at 12:00
    Then the JSON has
      | path                     | value                |
      | budgets.0.name           | claude-day           |
      | budgets.0.period         | 2026-11-22           |
      | budgets.0.starts_at      | 2026-11-22T00:00:00Z |
      | budgets.0.ends_at        | 2026-11-23T00:00:00Z |
      | budgets.0.provider       | claude               |
      | budgets.0.target         | 20                   |
      | budgets.0.used           | 10                   |
      | budgets.0.used_from      | logs                 |
      | budgets.0.left           | 10                   |
      | budgets.0.used_percent   | 50                   |
      | budgets.0.level          | null                 |
      | budgets.0.reason         | null                 |

  Scenario: A request without a price makes the sum "at least"
    Given the config file budgets.toml says
      """
      [budgets.all]
      per    = "month"
      unit   = "usd"
      target = 10
      """
    And agents used
      | at    | tool   | model           | input   | output |
      | 09:00 | claude | claude-opus-4-5 | 1600000 | 0      |
      | 09:10 | claude | secret-model-1  | 900000  | 0      |
    When I run "bin/budget --window W0-CHN" at 12:00
    Then it prints the lines
      """
      Budget all: at least 8.00 of 10.00 USD (80%), 2.00 left
        month, until 2026-12-01 00:00
        no price for secret-model-1
      Warning: 70% or more of budget all is used
      """
    When I run "bin/budget --window W0-CHN --format json" at 12:00
    Then the JSON has
      | path                    | value                       |
      | budgets.0.used          | null                        |
      | budgets.0.used_at_least | 8                           |
      | budgets.0.reason        | no price for secret-model-1 |

  Scenario Outline: A week of new tokens of <what>
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "claude"
      agents   = ["bo"]
      """
    And the config file budgets.toml says
      """
      [budgets.part]
      per           = "week"
      target_tokens = 100_000
      <scope>
      """
    And agents used
      | agent | at               | tool   | model           | project  | input | cache_read | output |
      | ada   | 2026-11-15 23:00 | claude | claude-opus-4-5 | /srv/api | 9     | 0          | 0      |
      | ada   | 2026-11-16 01:00 | claude | claude-opus-4-5 | /srv/api | 10000 | 500000     | 1000   |
      | bo    | 2026-11-22 09:00 | claude | claude-opus-4-5 | /srv/web | 20000 | 500000     | 2000   |
      | bo    | 2026-11-22 09:10 | claude | glm-4.6         | /srv/web | 40000 | 500000     | 4000   |
    When I run "bin/budget --window W0-CHN --format json" at 12:00
    Then the JSON has
      | path             | value    |
      | budgets.0.period | 2026-W47 |
      | budgets.0.used   | <used>   |

    Examples:
      | what                    | scope                | used  |
      | everything              |                      | 77000 |
      | an agent                | agent = "bo"         | 66000 |
      | an account              | account = "work"     | 66000 |
      | a project               | project = "/srv/a*"  | 11000 |
      | a provider              | provider = "claude"  | 33000 |
      | GLM, from other tools   | provider = "glm"     | 44000 |

  Scenario: What is used by the end of the period, as a band
    Given the config file budgets.toml says
      """
      [budgets.day]
      per           = "day"
      target_tokens = 100_000
      """
    And agents used
      | at    | input | output |
      | 03:00 | 10000 | 0      |
      | 06:00 | 10000 | 0      |
      | 11:00 | 10000 | 0      |
    When I run "bin/budget --window W0-CHN --format json" at 12:00
    Then the JSON has
      | path                      | value |
      | budgets.0.used            | 30000 |
      | budgets.0.per_hour.window | 2500  |
      | budgets.0.projected_low   | 30000 |
      | budgets.0.projected_high  | 150000 |

  Scenario: Points of a meter count once for two agents on one account
    Given the config file budgets.toml says
      """
      [budgets.weekly]
      per    = "day"
      unit   = "points"
      meter  = "weekly"
      target = 10
      """
    And the snapshots
      | at               | agent | provider | phase  | window | weekly |
      | 2026-11-21 22:00 | ada   | codex    | before | W0-CHN | 20%    |
      | 2026-11-22 09:00 | ada   | codex    | after  | W0-CHN | 24%    |
      | 2026-11-22 09:01 | bo    | codex    | before | W0-CHN | 24%    |
      | 2026-11-22 11:00 | bo    | codex    | after  | W0-CHN | 29%    |
      | 2026-11-22 11:01 | ada   | codex    | after  | W0-CHN | 29%    |
    When I run "bin/budget --window W0-CHN" at 12:00
    Then it prints the lines
      """
      Budget weekly: 9 of 10 points (90%), 1 left
        day, meter weekly, until 2026-11-23 00:00
      Warning: 90% or more of budget weekly is used
      """

  Scenario: A budget that is used up is the first line, and exits with 1 if asked
    Given the config file budgets.toml says
      """
      [budgets.tokens-a-window]
      provider      = "claude"
      target_tokens = 100_000
      """
    And "bin/snapshot start claude --window W0-CHN --set session=1 --at 2026-11-22T08:00Z" was run
    And agents used
      | at    | input  | output |
      | 09:00 | 100000 | 1000   |
    When I run "bin/budget --window W0-CHN --exit-code" at 12:00
    Then it exits with 1
    When I run "bin/budget --window W0-CHN" at 12:00
    Then it prints the lines
      """
      Stop: budget tokens-a-window is used up (101,000 of 100,000 tokens)
      Budget tokens-a-window: 101,000 of 100,000 tokens (101%), 1,000 over
      """

  Scenario: Without a target it only counts
    Given the config file budgets.toml says
      """
      [budgets.week]
      per  = "week"
      unit = "usd"
      """
    And agents used
      | at    | model           | input    | output |
      | 09:00 | claude-opus-4-5 | 90000000 | 0      |
    When I run "bin/budget --window W0-CHN --exit-code" at 12:00
    Then it exits with 0
    And it prints the lines
      """
      Budget week: 450.00 USD, no target
      """

  Scenario Outline: A mistake in a budget: <what>
    Given the config file budgets.toml says
      """
      [budgets]
      mine = {<text>}
      """
    When I run "bin/budget --window W0-CHN" at 12:00
    Then it exits with 78 and says "<message>"

    Examples:
      | what           | text                                | message                                             |
      | no such period | per = "year"                        | budgets.mine.per = 'year' is not valid              |
      | no meter       | unit = "points"                     | budgets.mine.meter = None is not valid              |
      | two targets    | target = 5, target_tokens = 5       | valid: one of target and target_tokens              |
      | tokens of USD  | unit = "usd", target_tokens = 5     | valid: target, in the unit "usd"                    |
      | no account     | account = "work"                    | valid: an account of accounts.toml: none            |

  Scenario: Nothing is wider than 80 columns
    Given the config file budgets.toml says
      """
      [budgets.a-budget-with-a-long-name-of-one-project]
      per           = "week"
      target_tokens = 1_000_000_000
      project       = "/srv/a/folder/with/a/long/path/in/which/somebody/works/on/something*"
      agent         = "agent-with-a-long-name"

      [stop.any]
      used_percent_at_least = 1
      message               = "this is what to do now, and there is quite a lot to say about it in this message"
      """
    And "bin/snapshot start claude --agent agent-with-a-long-name --window W0-CHN --set session=91 --set week-all-models=31 --set week-opus=5 --at 2026-11-22T08:00Z" was run
    And "bin/snapshot end claude --agent agent-with-a-long-name --window W0-CHN --set session=93 --set week-all-models=33 --set week-opus=9 --at 2026-11-22T09:00Z" was run
    And agents used
      | agent                  | at    | project                                                                     | input     |
      | agent-with-a-long-name | 09:00 | /srv/a/folder/with/a/long/path/in/which/somebody/works/on/something/special | 999000999 |
    And COLUMNS is set to "80"
    When I run "bin/budget --window W0-CHN" at 12:00
    Then no line is longer than 80 characters
