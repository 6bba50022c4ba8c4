Feature: A chart of the report is one file

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 09:00 | main  | codex    | before | W0-CHN | 10%    |
      | 17:00 | main  | codex    | after  | W0-CHN | 30%    |
    And the config file charts/hours.vl.json says
      """
      {
        "usermeta": {
          "burnbook": {
            "title": "Windows by their start",
            "summary": "A tick is a window.",
            "columns": {"window": "window", "starts": "from"}
          }
        },
        "data": {"name": "windows"},
        "mark": "tick",
        "encoding": {"x": {"field": "starts", "type": "temporal"}}
      }
      """

  Scenario: It is on the page and among the pictures
    When I run "bin/report --out page.html --svg pictures" at 18:00
    Then the file page.html contains "Windows by their start"
    And the file pictures/hours.svg begins with "<svg"

  Scenario: Without data, it is left out and named
    When I run "bin/report --since 2026-12-01 --out page.html --at 2026-12-31T12:00Z"
    Then the file page.html contains "Windows by their start: no data in this period"

  Scenario: The same book gives the same pictures
    When I run "bin/report --out page.html --svg first" at 18:00
    And I run "bin/report --out page.html --svg second" at 18:00
    Then the files first/hours.svg and second/hours.svg are equal
