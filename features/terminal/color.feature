Feature: Color on a terminal marks what needs attention

  The words say the same without color.

  Scenario: Meters from 70% are yellow, from 90% red
    Given Ada starts codex in W0-CHN at 09:00 with 5h 69%, weekly 70%
    And Ada ends codex at 12:00 with 5h 89%, weekly 90%
    When I run "bin/preview W0-CHN --color always"
    Then "70%" is yellow
    And "89%" is yellow
    And "90%" is red
    And it prints no line with "[33m69%"

  Scenario: Anomalies are red, and so is what is wrong in an audit
    Given Ada starts codex in W0-CHN at 09:00 with weekly 30%
    And Ada ends codex at 12:00 with weekly 20%
    And "bin/finalize W0-CHN" was run
    When I run "bin/preview W0-CHN --color always"
    Then "Anomalies: 1" is bold red
    When I run "bin/windows --color always"
    Then "finalized, 1 anomaly" is yellow
    When I run "bin/audit W0-CHN --color always"
    Then "W0-CHN: 1 fault, 2 notes" is bold red
    And "fault" is red
    And "note" is dim

  Scenario: A NO-GO is red, and what is missing yellow
    When I run "bin/decide W0-CHN --color always"
    Then "NO-GO W0-CHN" is bold red
    And "missing" is yellow

  Scenario: A budget that is used up, and a stop rule
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 1_000

      [stop.weekly]
      window_minutes        = 10_080
      used_percent_at_least = 90
      message               = "do not start the next window"
      """
    And Ada starts codex in W0-CHN at 09:00 with weekly 84%
    And Ada ends codex at 12:00 with weekly 91%
    And agents used
      | at    | model           | input | output |
      | 09:30 | claude-opus-4-5 | 2000  | 0      |
    When I run "bin/budget W0-CHN --color always" at 12:01
    Then "Stop: the budget of W0-CHN is used up (2,000 of 1,000 tokens)" is bold red
    And "91%" is red
    And "stop" is red

  Scenario: A check
    Given Ada starts codex in W0-CHN at 09:00 with weekly 30%
    When I run "bin/check --color always"
    Then "ok: 1 row verified (snapshots 1)" is bold green

  Scenario: A window that is not in the book has no color in JSON, Markdown or CSV
    When I run "bin/decide W0-CHN --color always --format json"
    Then nothing is in color
    When I run "bin/decide W0-CHN --color always --format markdown"
    Then nothing is in color
    When I run "bin/windows --color always --format csv"
    Then nothing is in color

  Scenario Outline: Where there is color: <variable> <value> --color <choice>
    Given <variable> is set to "<value>"
    When I run "bin/decide W0-CHN --color <choice>"
    Then <result>

    Examples:
      | variable    | value | choice | result                          |
      | COLUMNS     | 80    | auto   | nothing is in color             |
      | FORCE_COLOR | 1     | auto   | "NO-GO W0-CHN" is bold red      |
      | FORCE_COLOR | 0     | auto   | nothing is in color             |
      | FORCE_COLOR | 1     | never  | nothing is in color             |
      | NO_COLOR    | 1     | always | "NO-GO W0-CHN" is bold red      |
      | NO_COLOR    | 1     | auto   | nothing is in color             |

  Scenario: NO_COLOR wins over FORCE_COLOR
    Given FORCE_COLOR is set to "1"
    And NO_COLOR is set to "1"
    When I run "bin/decide W0-CHN"
    Then nothing is in color

  Scenario: An unknown choice
    When I run "bin/decide W0-CHN --color sometimes"
    Then it exits with 2 and says "decide: argument --color: invalid choice: 'sometimes' (choose from 'auto', 'always', 'never') (see decide --help)"
