Feature: A hook runs once for the highest level in a period

  The hook is an argv array: no shell reads it, and each item stays one item.

  Background:
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 100_000
      warn          = [0.5, 0.9]

      [notify]
      command = ["sh", "-c", "echo \"$1\" >> \"$HOME/log\"", "hook", "{window}: {subject} at {level}, {message}"]
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 4%
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 59000        | 1000          |

  Scenario: Each level is notified once
    When I run "bin/budget --agent ada" at 09:10
    And I run "bin/budget --agent ada" at 09:20
    Then the file log still reads "W0-CHN: budget at 50%, 60,000 of 100,000 tokens are used\n"
    And the journal notices reads
      | window | agent | subject | level | noticed_at           |
      | W0-CHN | ada   | budget  | 0.5   | 2026-11-22T09:10:00Z |

  Scenario: The next level, and the next window
    Given "bin/budget --agent ada --at 2026-11-22T09:10Z" was run
    And W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 10:05 | 34000        | 1000          |
    And "bin/budget --agent ada --at 2026-11-22T10:10Z" was run
    And Ada starts codex in W0-CHP at 11:00 with 5h 20%
    And W0-CHP has the requests
      | ts    | input_tokens | output_tokens |
      | 11:05 | 54000        | 1000          |
    When I run "bin/budget --agent ada" at 11:10
    Then the journal notices reads
      | window | subject | level |
      | W0-CHN | budget  | 0.5   |
      | W0-CHN | budget  | 0.9   |
      | W0-CHP | budget  | 0.5   |

  Scenario: Of several levels at once only the highest is notified
    Given W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:06 | 34000        | 1000          |
    When I run "bin/budget --agent ada" at 09:10
    Then the journal notices reads
      | subject | level | period |
      | budget  | 0.9   | W0-CHN |

  Scenario: A budget of a day is notified once a day
    Given the config file budgets.toml says
      """
      [budgets.mine]
      per           = "day"
      target_tokens = 100_000
      warn          = [0.5]

      [notify]
      command = ["sh", "-c", "echo \"$1\" >> \"$HOME/log\"", "hook", "{subject} at {level}, {message}"]
      """
    When I run "bin/budget" at 09:10
    And I run "bin/budget" at 23:50
    And I run "bin/budget" at 2026-11-23 09:10
    Then the file log still reads "budget mine at 50%, 60,000 of 100,000 tokens are used\n"
    And the journal notices reads
      | subject     | level | period     |
      | budget mine | 0.5   | 2026-11-22 |

  Scenario: A meter is notified once until its reset, and then that quota is back
    Given the config file budgets.toml says
      """
      [notify]
      command = ["sh", "-c", "echo \"$1\" >> \"$HOME/log\"", "hook", "{subject} at {level}, {message}"]
      meters  = [0.5, 0.8]
      """
    And Ada ends codex at 10:00 with 5h 85% resets 13:10
    When I run "bin/budget --agent ada" at 10:01
    And I run "bin/budget --agent ada" at 10:11
    Then the file log still reads "ada codex 5h at 80%, 85% of the meter is used\n"
    Given Ada starts codex in W0-CHP at 11:00 with 5h 90% resets 13:10
    When I run "bin/budget --agent ada" at 11:01
    Then the journal notices has 1 row
    When I run "bin/budget --agent ada" at 13:10
    And I run "bin/budget --agent ada" at 13:20
    Then the journal notices reads
      | subject      | level | meter        | until                |
      | ada codex 5h | 0.8   | ada codex 5h | 2026-11-22T13:10:00Z |
      | ada codex 5h | 0     | ada codex 5h |                      |
    Given Ada ends codex at 15:00 with 5h 60% resets 18:10
    When I run "bin/budget --agent ada" at 15:01
    Then the journal notices has 3 rows

  Scenario: Two agents on one account share a meter, which is notified once
    Given the config file budgets.toml says
      """
      [notify]
      command = ["true"]
      meters  = [0.8]
      """
    And Ada ends codex at 10:00 with 5h 85% resets 13:10
    And Bo starts codex in W0-CHN at 10:01 with 5h 86% resets 13:10
    When I run "bin/budget --agent bo" at 10:10
    Then the journal notices reads
      | subject      | level |
      | ada codex 5h | 0.8   |

  Scenario: The preview warns but does not run the hook
    When I run "bin/preview --window W0-CHN --block budget" at 09:10
    Then it prints the lines
      """
      Warning: 50% or more of the budget is used
      """
    And nothing was written

  Scenario: A failing hook only prints a message
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 100_000
      warn          = [0.5]

      [notify]
      command = ["false"]
      """
    When I run "bin/budget --agent ada" at 09:10
    Then it warns
      """
      budget: the hook 'false' failed with exit code 1 (budget at 50%)
      """
