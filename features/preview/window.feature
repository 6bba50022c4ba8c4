Feature: see a window at a glance

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges |        |

  Scenario: a finished window, whole
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               | weekly | context |
      | 09:00 | ada   | codex    | before | W0-CHN | 4%               | 24%    | 12K     |
      | 09:00 | bo    | codex    | before | W0-CHN | 72% resets 10:30 | 58%    |         |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51%              | 31%    | 154K    |
      | 12:31 | bo    | codex    | after  | W0-CHN | 40% resets 15:30 | 61%    |         |
    And "bin/finalize --window W0-CHN --agent ada --features codex=5 --quality 4 --outcome pass" was run
    When I run "bin/preview --window W0-CHN" at 13:00
    Then it prints
      """
      W0-CHN  Automation pack  [finalized]
      from 2026-11-22 09:00, to 2026-11-23 00:01, next W0-CHP
      Budget: planned 200,000, used 154,000, left 46,000  ███████████████░░░░░ 77%
      Warning: the budget is used to 70% or more
      Anomalies: 0

      Meters
        agent  provider  meter   before  after     delta
        ada    codex     5h          4%    51%       +47  ██████░░░░░░
        ada    codex     weekly     24%    31%        +7  ████░░░░░░░░
        bo     codex     5h         72%    40%  40 to 68  █████░░░░░░░
        bo     codex     weekly     58%    61%        +3  ███████░░░░░

      Efficiency (features per percentage point)
        provider  features  points  per point  n  ratio  95% interval  power
        codex            5      10      0.500  1      -             -      -

      Outcome
      outcome pass, quality 4/5, features codex=5

      Snapshots
        when              agent  provider  phase   source  errors
        2026-11-22 09:00  ada    codex     before  stdin
        2026-11-22 09:00  bo     codex     before  stdin
        2026-11-22 12:30  ada    codex     after   stdin
        2026-11-22 12:31  bo     codex     after   stdin
      """
    And no line is longer than 80 characters
    And nothing was written

  Scenario: a window that is declared and has not begun
    When I run "bin/preview --window W0-CHP"
    Then it prints the lines
      """
      W0-CHP  Provider bridges  [planned]
      Budget: planned 200,000, used - (no pane shows context tokens)
      Anomalies: 0
      """
    And nothing was created

  Scenario: a window that is open, and how long it still is
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/preview --window W0-CHN --block window" at 13:00
    Then it prints
      """
      W0-CHN  Automation pack  [open]
      from 2026-11-22 09:00, to 2026-11-23 00:01 (in 11h 1m), next W0-CHP
      """

  Scenario: a window is done when every BEFORE has its AFTER
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is open
    Given Bo ends codex in W0-CHN at 12:40 with 5h 80%
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is done

  Scenario: a window that is not declared, but in the book
    Given Ada starts codex in W0-NEW at 09:00 with 5h 11%
    When I run "bin/preview --window W0-NEW --block window" at 10:00
    Then it prints the lines
      """
      W0-NEW  (not declared)  [open]
      """

  Scenario: a window that is neither declared nor in the book
    When I run "bin/preview --window W0-XXX"
    Then it exits with 66 and says
      """
      preview: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP
      """
    And nothing was created

  Scenario: the valid windows are those of the config and of the book
    Given Ada starts codex in W0-NEW at 09:00 with 5h 11%
    When I run "bin/preview --window W0-XXX"
    Then it exits with 66 and says
      """
      preview: window W0-XXX is neither declared nor in the book; valid: W0-CHN, W0-CHP, W0-NEW
      """

  Scenario: without a name it is this agent's newest window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex in W0-CHP at 09:10 with 5h 63%
    When I run "bin/preview --agent ada --format json" at 10:00
    Then the JSON value at "window" is W0-CHN
    When I run "bin/preview --agent bo --format json" at 10:00
    Then the JSON value at "window" is W0-CHP
    When I run "bin/preview --agent cleo --format json" at 10:00
    Then the JSON value at "window" is W0-CHP

  Scenario: without a name and without a book it is the first that is declared
    When I run "bin/preview --format json"
    Then the JSON value at "window" is W0-CHN
    And nothing was created

  Scenario: without a name, a book and a window that is declared
    Given the windows
      | window |
    When I run "bin/preview"
    Then it exits with 66 and says
      """
      preview: no window: none is declared in windows.toml and none is in the book
      """

  Scenario: notes on the snapshots are shown
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --agent ada --notes 'fresh start'" at 09:00
    And I run "bin/preview --window W0-CHN --block outcome"
    Then it prints
      """
      Outcome
      ada codex before: fresh start
      """

  Scenario: only the last snapshots are listed
    Given the config file preview.toml says
      """
      blocks    = ["snapshots"]
      snapshots = 2
      """
    And the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 10:00 | ada   | codex    | before | W0-CHN | 12% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When I run "bin/preview --window W0-CHN"
    Then it prints
      """
      Snapshots
        when              agent  provider  phase   source  errors
        2026-11-22 10:00  ada    codex     before  stdin
        2026-11-22 12:30  ada    codex     after   stdin
      and 1 earlier
      """

  Scenario: a damaged row is left out and said so
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
    And in row 2 of the journal snapshots ""used_percent":63.0" became ""used_percent":36.0"
    When I run "bin/preview --window W0-CHN --format json" at 10:00
    Then the JSON rows at "meters" are
      | agent | before |
      | ada   | 11     |
    And it notes
      """
      preview: 1 corrupt line skipped; run check
      """
