Feature: The report is one HTML file with charts

  Background:
    Given agents used
      | at               | model           | project  | input | output |
      | 2026-11-21 09:00 | claude-opus-4-5 | /srv/api | 1000  | 10     |
      | 2026-11-22 09:00 | claude-opus-4-5 | /srv/api | 2000  | 20     |
      | 2026-11-22 09:30 | claude-haiku-4-5 | /srv/web | 500   | 5      |

  Scenario: The first line has the main figures, and the file is named
    When I run "bin/report --out page.html --at 2026-11-22T20:00Z"
    Then the first line is "3,535 tokens for 0.02 USD at list price."
    And it prints a line with "written to"

  Scenario: A window, days and all exclude each other
    When I run "bin/report W0-CHN --all"
    Then it exits with 2 and says "a window, --since and --all exclude each other; use one of them"

  Scenario: A file that cannot be written is named
    When I run "bin/report --out none/page.html"
    Then it exits with 74 and says "cannot write the page: No such file or directory (HOME/none/page.html)"

  Scenario: A chart that is not valid is named with its file
    Given the config file charts/mine.vl.json says
      """
      {"data": {"name": "windows"}}
      """
    When I run "bin/report --out page.html"
    Then it exits with 78 and says "charts/mine.vl.json: is not a chart"

  Scenario: A chart of a dataset that does not exist is named with its file
    Given the config file charts/mine.vl.json says
      """
      {
        "usermeta": {"burnbook": {"title": "Mine", "summary": "Mine.", "columns": {"day": "day"}}},
        "data": {"name": "../mine"},
        "mark": "bar"
      }
      """
    When I run "bin/report --out page.html"
    Then it exits with 78 and says "charts/mine.vl.json: the name of its data is '../mine'; valid: "

  Scenario: A query that needs other parameters than those of a chart is named
    Given the config file charts/mine.vl.json says
      """
      {
        "usermeta": {"burnbook": {"title": "Mine", "summary": "Mine.", "columns": {"day": "day"}}},
        "data": {"name": "usage"},
        "mark": "bar"
      }
      """
    When I run "bin/report --out page.html"
    Then it exits with 78 and says "the query of the dataset 'usage' is not valid: no such column: params."

  Scenario: The same book gives the same bytes
    When I run "bin/report --out first.html --at 2026-11-22T20:00Z"
    And I run "bin/report --out second.html --at 2026-11-22T20:00Z"
    Then the files first.html and second.html are equal

  Scenario: Pictures of the charts
    When I run "bin/report --out page.html --svg pictures --at 2026-11-22T20:00Z"
    Then it prints a line with "4 pictures in pictures"
    And the file pictures/tokens.svg begins with "<svg"

  Scenario: Pictures for a dark page
    When I run "bin/report --out page.html --svg pictures --theme dark --at 2026-11-22T20:00Z"
    Then the file pictures/treemap.svg contains "#1c2027"

  Scenario: A theme that does not exist
    When I run "bin/report --out page.html --theme blue"
    Then it exits with 2 and says "blue"
