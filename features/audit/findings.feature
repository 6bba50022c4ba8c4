Feature: audit lists what is wrong in a window's book-keeping

  A fault makes the figures of a window wrong or incomplete, and somebody can mend it. A note is
  worth knowing.

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: A complete window
    Given a finished window W0-CHN
    When I run "bin/audit --window W0-CHN --exit-code" at 13:00
    Then it prints the lines
      """
      W0-CHN: 3 notes
      note W0-CHN no-plan it has no plan checkpoint; `checkpoint W0-CHN --plan N` books one
      note W0-CHN no-final it has ended and has no final checkpoint; run `checkpoint W0-CHN`
      note W0-CHN ledger-behind Churn_Ledger.csv lacks ID; the next checkpoint of the window appends it
      """
    And nothing was written

  Scenario: An empty window
    When I run "bin/audit --window W0-CHP"
    Then it prints "W0-CHP: no findings"
    And nothing was created

  Scenario: All windows, and gaps in their numbers
    Given Ada starts codex in W007 at 09:00 with 5h 11%
    And Ada starts codex in W010 at 10:00 with 5h 11%
    When I run "bin/audit --all --format json" at 12:00
    Then the JSON has
      | path    | value      |
      | windows | W007, W010 |
      | faults  | 0          |
      | notes   | 5          |
    When I run "bin/audit --window W010" at 12:00
    Then it prints the lines
      """
      note W010 skipped 2 windows between W007 and W010
      """
