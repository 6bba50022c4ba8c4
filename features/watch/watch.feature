Feature: The live view prints once where there is no terminal

  Background:
    Given agents used
      | at               | model            | project  | input | output |
      | 2026-11-21 09:00 | claude-opus-4-5  | /srv/api | 1000  | 10     |
      | 2026-11-22 09:00 | claude-opus-4-5  | /srv/api | 2000  | 20     |
      | 2026-11-22 09:30 | claude-haiku-4-5 | /srv/web | 500   | 5      |

  Scenario: The sentence of judgement is the first line
    When I run "bin/watch --at 2026-11-22T20:00Z"
    Then the first line is "No meters yet: `start PROVIDER` books what a pane shows."
    And it prints a line with "claude-haiku-4-5"

  Scenario: Days by model
    When I run "bin/watch --tab days --at 2026-11-22T20:00Z"
    Then the first line is "Today 2,525 tokens for 0.01 USD; 3.5k in 37 days"
    And it prints a line with "██ claude-haiku-4-5"

  Scenario: A tab as markdown
    When I run "bin/watch --tab days --format markdown --at 2026-11-22T20:00Z"
    Then it prints a line with "| claude-opus-4-5 | 3,030 |"

  Scenario: All tabs as data
    When I run "bin/watch --format json --at 2026-11-22T20:00Z"
    Then it prints a line with "No meters yet"
    And it prints a line with "windows"

  Scenario: A tab that does not exist
    When I run "bin/watch --tab weeks"
    Then it exits with 2 and says "--tab is weeks; valid: now, days, windows, meters, proxy, anomalies"

  Scenario: A window that does not exist
    When I run "bin/watch W9"
    Then it exits with 66 and says "window W9 is neither declared nor in the book"
