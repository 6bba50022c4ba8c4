Feature: the config that ships

  Scenario: the schedule is W0-CHN, then W0-CHP, then W0-CHQ
    When I run "bin/preview --format json"
    Then the JSON has
      | path   | value           |
      | window | W0-CHN          |
      | title  | Automation pack |
      | next   | W0-CHP          |
    When I run "bin/preview --window W0-CHP --format json"
    Then the JSON has
      | path  | value            |
      | title | Provider bridges |
      | next  | W0-CHQ           |
    When I run "bin/preview --window W0-CHQ --format json"
    Then the JSON has
      | path     | value |
      | declared | true  |
      | next     | null  |

  Scenario: the budget of a window is 200,000 tokens of 272,000
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON has
      | path                   | value  |
      | budget.planned_tokens  | 200000 |
      | budget.capacity_tokens | 272000 |

  Scenario: the preview begins with the window and its budget
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON begins with the keys window, title, declared, state, starts_at, ends_at, next, budget, anomalies

  Scenario: the letters are o for Codex, a for Claude and z for GLM
    When I run "bin/aliases --format json"
    Then the JSON begins with the keys os, oe, ox, od, as, ae, ax, ad, zs, ze, zx, zd

  Scenario: another config directory, by flag or by environment
    Given "bin/preview --window W0-CHN" was run
    And BURNBOOK_CONFIG_DIR is set to "nowhere"
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "no config directory at HOME/nowhere"
    When I run "bin/preview --window W0-CHN --config-dir ../config"
    Then it prints the lines
      """
      Anomalies: 0
      """

  Scenario: an empty config directory will do
    Given the file empty/README.md with
      """
      Everything here has a default.
      """
    When I run "bin/snapshot start codex --window W1 --set 5h=11 --config-dir empty" at 09:00
    Then it prints "BEFORE W1 main codex: 5h 11% (ID)"
    When I run "bin/preview --window W1 --block anomalies --config-dir empty"
    Then it prints "Anomalies: 0"
