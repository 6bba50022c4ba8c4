Feature: The shipped config

  Scenario: The windows are W0-CHN, W0-CHP and W0-CHQ
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

  Scenario: A window has no target before the user declares one, so an ordinary day stops nothing
    Given agents used
      | at    | tool   | model           | input | cache_write | cache_read | output |
      | 09:00 | claude | claude-opus-4-5 | 90000 | 9000000     | 90000000   | 900000 |
    When I run "bin/budget --exit-code --format json" at 10:00
    Then it exits with 0
    And the JSON has
      | path                   | value  |
      | budget.planned_tokens  | null   |
      | budget.level           | null   |
      | budget.capacity_tokens | 272000 |

  Scenario: The preview begins with the window and its budget
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON begins with the keys window, title, declared, state, starts_at, ends_at, next, budget, anomalies

  Scenario: The letters are o for Codex, a for Claude and z for GLM
    When I run "bin/aliases --format json"
    Then the JSON begins with the keys os, oe, ox, od, as, ae, ax, ad, zs, ze, zx, zd

  Scenario: --config-dir and BURNBOOK_CONFIG_DIR choose another directory
    Given "bin/preview --window W0-CHN" was run
    And BURNBOOK_CONFIG_DIR is set to "nowhere"
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "no config directory at HOME/nowhere"
    When I run "bin/preview --window W0-CHN --config-dir ../config"
    Then it prints the lines
      """
      Anomalies: 0
      """

  Scenario: An empty config directory is enough
    Given the file empty/README.md with
      """
      Everything here has a default.
      """
    When I run "bin/snapshot start codex --window W1 --set 5h=11 --config-dir empty" at 09:00
    Then it prints "BEFORE W1 main codex: 5h 11% (ID)"
    When I run "bin/preview --window W1 --block anomalies --config-dir empty"
    Then it prints "Anomalies: 0"
