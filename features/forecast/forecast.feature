Feature: Whether a limit runs out before its reset

  `forecast` says how likely each meter and budget is to run out before its reset, when, and how much
  will be left, from the use at the same hours of earlier weeks. It writes no row.

  Scenario: The probability, and what is left
    Given Ada worked with Codex for 8 weeks, 6 points a request
    When I run "bin/forecast" at 12:00
    Then it prints
      """
      ~/.codex weekly: under 1% likely to run out before Thu 07:00; 7 to 17 points left at the reset
        limit            used  resets     runs out  left at reset  n  weeks
        ~/.codex weekly   34%  Thu 07:00  under 1%       7 to 17%  8      8
      Based on 8 weeks of history; n is the number of past spans; bands are 95%.
      """
    And nothing was written but the cache

  Scenario: With less than three weeks there is a straight line, and no probability
    Given Ada worked with Codex for 2 weeks, 5 points a request
    When I run "bin/forecast" at 12:00
    Then it prints
      """
      no probability is known: 2.2 weeks of history, 3 weeks are needed; the straight line instead
      ~/.codex weekly: straight line: runs out between now and its reset (2.2 weeks of history, 3 weeks are needed)
      """

  Scenario: The figures for programs
    Given Ada worked with Codex for 8 weeks, 5 points a request
    When I run "bin/forecast --format json" at 12:00
    Then the JSON has
      | path                        | value             |
      | forecasts.0.limit.name      | weekly            |
      | forecasts.0.method          | hours of the week |

  Scenario: Forecasts of the past against what happened
    Given Ada worked with Codex for 12 weeks, 5 points a request
    When I run "bin/forecast --backtest" at 12:00
    Then it prints
      """
      the 95% bands held 100% [66, 100]; Brier score 0.001, straight line 0.500; n = 36 in 9 windows
        limit            95% bands held  80%  Brier  straight   n  windows
        ~/.codex weekly  100% [66, 100]  94%  0.001     0.500  36        9
      """

  Scenario: The report shows the last test of past forecasts
    Given Ada worked with Codex for 12 weeks, 5 points a request
    When I run "bin/report --out page.html" at 12:00
    Then the file page.html contains "no past forecasts were tested; run ./just forecast --backtest"
    When I run "bin/forecast --backtest" at 12:00
    And I run "bin/report --out page.html" at 12:00
    Then the file page.html contains "held_low"

  Scenario: The live view shows the last forecast for six hours
    Given Ada worked with Codex for 8 weeks, 6 points a request
    And Ada starts codex in W0-CHN at 11:00 with weekly 34%
    When I run "bin/watch --once" at 12:00
    Then it prints no line with "likely to run out"
    When I run "bin/forecast" at 12:00
    And I run "bin/watch --once" at 17:59
    Then it prints a line with "likely to run out before Thu"
    When I run "bin/watch --once" at 18:01
    Then it prints no line with "likely to run out"

  Scenario: A book without a limit
    When I run "bin/forecast" at 12:00
    Then it prints
      """
      no forecast: the book has no meter and no budget with a target; `start PROVIDER` books what a pane shows
      """

  Scenario: A limit that will run out, on a terminal of 80 columns
    Given Ada worked with Codex for 8 weeks, 7 points a request
    And COLUMNS is set to "80"
    When I run "bin/forecast" at 12:00
    Then no line is longer than 80 characters
    And it prints
      """
      ~/.codex weekly: 60% likely to run out before Thu 07:00; 0 to 4 points left at
      the reset
        limit            used  resets     runs out  left at reset  n  weeks
        ~/.codex weekly   40%  Thu 07:00       60%        0 to 4%  8      8

      When it runs out, if it does
        limit            about      80% band                95% band
        ~/.codex weekly  Wed 17:00  Wed 15:00 to Wed 19:00  Wed 14:00 to Wed 20:00
      Based on 8 weeks of history; n is the number of past spans; bands are 95%.
      """
