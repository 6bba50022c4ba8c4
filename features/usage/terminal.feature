Feature: Usage on a terminal has bars and a trend, and fits its width

  Scenario: Bars, a trend, and the last week against the week before
    Given agents used
      | at               | model           | input  | output |
      | 2026-11-08 09:00 | claude-opus-4-5 | 100000 | 0      |
      | 2026-11-18 09:00 | claude-opus-4-5 | 400000 | 0      |
      | 2026-11-20 09:00 | claude-opus-4-5 | 10000  | 0      |
    And COLUMNS is set to "60"
    When I run "bin/usage --at 2026-11-22T12:00Z"
    Then it prints
      """
      Usage daily: 510,000 tokens (510,000 new), 2.5500 USD at API
      list prices, or as logged
        Day             New    Total     USD  by USD
        2026-11-08  100,000  100,000  0.5000  █████
        2026-11-18  400,000  400,000  2.0000  ████████████████████
        2026-11-20   10,000   10,000  0.0500  ▌
        Total       510,000  510,000  2.5500
        (not shown, for lack of room: Input, Cache write, Cache
        read, Output)
      Trend to 2026-11-22  ▃         █ ▁
      2.0500 USD in the last 7 days, none in the 7 days before
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """
    When I run "bin/usage --at 2026-11-21T12:00Z"
    Then it prints the lines
      """
      2.0500 USD in the last 7 days, 310% more than in the 7 days
      before
      """
    When I run "bin/usage --last 7d --at 2026-11-22T12:00Z"
    Then it prints no line with "the 7 days before"

  Scenario: Without the cost of every day, bars show new tokens
    Given agents used
      | at               | model           | input  | output |
      | 2026-11-20 09:00 | otter           | 100000 | 0      |
      | 2026-11-21 09:00 | claude-opus-4-5 | 400000 | 0      |
    And COLUMNS is set to "80"
    When I run "bin/usage --at 2026-11-22T12:00Z"
    Then it prints the lines
      """
      Day             New    Total      USD  by new tokens
      2026-11-20  100,000  100,000        -  █████████▊
      2026-11-21  400,000  400,000  2.0000  ███████████████████████████████████████
      """

  Scenario Outline: A terminal without UTF-8 gets bars of ASCII
    Given agents used
      | at               | model           | input  | output |
      | 2026-11-20 09:00 | claude-opus-4-5 | 100000 | 0      |
      | 2026-11-21 09:00 | claude-opus-4-5 | 400000 | 0      |
    And COLUMNS is set to "60"
    And <variable> is set to "<locale>"
    When I run "bin/usage --at 2026-11-22T12:00Z"
    Then it prints the lines
      """
      2026-11-20  100,000  100,000  0.5000  <bar>
      """

    Examples:
      | variable | locale      | bar   |
      | LC_ALL   | C           | #####  |
      | LANG     | de_DE@euro  | #####  |
      | LANG     | en_US.UTF-8 | █████ |

  Scenario Outline: Figures are left out before names are shortened: <report> in <width>
    Given agents used
      | at    | tool   | model                    | session                              | project                                    | input   | output |
      | 09:00 | claude | claude-opus-4-5-20251101 | 5e1f0a52-0000-4000-8000-000000000001 | /srv/acme-international/services/billing-gateway | 1000000 | 100    |
      | 09:05 | codex  | gpt-5.2-codex            | 5e1f0a52-0000-4000-8000-000000000002 | /srv/api                                   | 2000    | 200    |
    And COLUMNS is set to "<width>"
    When I run "bin/usage <report>"
    Then no line is longer than <width> characters
    And it prints the lines
      """
      <row>
      """

    Examples:
      | width | report           | row                                                                                |
      | 140   | session          | 5e1f0a52-0000-4000-8000-000000000001 claude 1,000,000 0 0 100 1,000,100 5.0025 █████████████████████████████ |
      | 140   | project          | /srv/acme-international/services/billing-gateway 1,000,000 0 0 100 1,000,100 5.0025 █████████████████████████ |
      | 80    | daily            | 2026-11-22 1,002,300 1,002,300 5.0088 ████████████████████████████████████        |
      | 80    | session          | 5e1f0a52-0000-4000-8000-000000000001 claude 1,000,100 5.0025 █████████████         |
      | 60    | session          | 5e1f0a52-0000-4000-8000… claude 1,000,100 5.0025          |
      | 60    | project          | …/services/billing-gateway 1,000,100 5.0025 ███████████                            |
      | 60    | daily --by model | 2026-11-22 claude-opus-4-5-20251101 1,000,100 5.0025                               |
      | 40    | project          | …/billing-gateway 1,000,100 5.0025                                                 |
      | 40    | session          | 5e1f0a52… claude 1,000,100 5.0025                                                  |
      | 34    | session          | 5e1f0a52… claude 1,000,100                                                         |
