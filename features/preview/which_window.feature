Feature: Which window the preview shows

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges |        |

  Scenario: A window that is in the book but not declared
    Given Ada starts codex in W0-NEW at 09:00 with 5h 11%
    When I run "bin/preview --window W0-NEW --block window" at 10:00
    Then it prints the lines
      """
      W0-NEW  (not declared)  [open]
      """

  Scenario: A window that is neither declared nor in the book
    When I run "bin/preview --window W0-XXX"
    Then it exits with 66 and says
      """
      preview: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP
      """
    And nothing was created

  Scenario: The valid windows are those of the config and the book
    Given Ada starts codex in W0-NEW at 09:00 with 5h 11%
    When I run "bin/preview --window W0-XXX"
    Then it exits with 66 and says
      """
      preview: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP, W0-NEW
      """

  Scenario: By default it is the open window, the agent's own if it is in one
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex in W0-CHP at 09:10 with 5h 63%
    When I run "bin/preview --agent ada --format json" at 10:00
    Then the JSON value at "window" is W0-CHN
    When I run "bin/preview --agent bo --format json" at 10:00
    Then the JSON value at "window" is W0-CHP
    When I run "bin/preview --agent cleo --format json" at 10:00
    Then the JSON value at "window" is W0-CHP

  Scenario: The window of an agent that was left behind has ended
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo crosses codex at 2026-11-23 00:10 with 5h 12%
    When I run "bin/preview --agent ada --format json" at 2026-11-23 08:00
    Then the JSON value at "window" is W0-CHP

  Scenario: If no window is open it is the one that ended last
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --agent ada --format json" at 2026-11-23 08:00
    Then the JSON value at "window" is W0-CHN

  Scenario: A window that somebody began early is not the open one before the reset
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex at 23:50 with 5h 12%
    When I run "bin/preview --agent cleo --format json" at 23:58
    Then the JSON value at "window" is W0-CHN
    When I run "bin/preview --agent bo --format json" at 23:58
    Then the JSON value at "window" is W0-CHP
    When I run "bin/preview --agent cleo --format json" at 2026-11-23 00:02
    Then the JSON value at "window" is W0-CHP

  Scenario: With --at it is the window that was open then
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada crosses codex at 2026-11-23 00:10 with 5h 12%
    When I run "bin/preview --agent ada --format json" at 20:00
    Then the JSON value at "window" is W0-CHN

  Scenario: In an empty book it is the first declared window
    When I run "bin/preview --format json"
    Then the JSON value at "window" is W0-CHN
    And nothing was created

  Scenario: Without any window there is an error
    Given the windows
      | window |
    When I run "bin/preview"
    Then it exits with 66 and says
      """
      preview: no window: none is declared in windows.toml and none is in the book; `start PROVIDER W1` begins one
      """
