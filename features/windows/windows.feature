Feature: All windows, a line each

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges | W0-CHQ |
      | W0-CHQ |                  |        |
    And Ada starts codex in W0-CHN at 2026-11-21 09:00 with weekly 10%
    And Bo starts claude in W0-CHN at 2026-11-21 09:05 with week 20%
    And Ada ends codex in W0-CHN at 2026-11-21 20:00 with weekly 17%
    And Bo ends claude in W0-CHN at 2026-11-21 20:00 with week 25%
    And "bin/finalize W0-CHN --features codex=3,claude=2 --outcome pass" was run
    And Ada starts codex in W0-CHP at 2026-11-22 00:06 with weekly 17%

  Scenario: The newest first, and the open one is marked
    When I run "bin/windows" at 12:00
    Then it prints
      """
      3 windows: no tokens; run ingest to book requests from agents' logs
        window                   dates           tokens  USD  points             outcome           agents
        W0-CHQ                   -                    -    -  -                  planned           -
        W0-CHP Provider bridges  11-22 to 11-23       -    -  -                  open now          ada
        W0-CHN Automation pack   11-21 to 11-22       -    -  claude 5, codex 7  pass, 5 features  ada, bo
      """

  Scenario: A terminal of 80 columns has every column
    Given COLUMNS is set to "80"
    When I run "bin/windows" at 12:00
    Then no line is longer than 80 characters
    And it prints
      """
      3 windows: no tokens; run ingest to book requests from agents' logs
        window      dates           tokens  USD  points           outcome   agents
        W0-CHQ      -                    -    -  -                planned   -
        W0-CHP      11-22 to 11-23       -    -  -                open now  ada
        Provider
        bridges
        W0-CHN      11-21 to 11-22       -    -  claude 5, codex  pass, 5   ada, bo
        Automation                               7                features
        pack
      """

  Scenario: Tokens and dollars are those of the agents' logs
    Given agents used
      | at               | tool   | model           | input | output |
      | 2026-11-21 10:00 | claude | claude-opus-4-5 | 1000  | 100    |
      | 2026-11-22 10:00 | codex  | gpt-5.2-codex   | 2000  | 200    |
    And W0-CHN has the requests
      | ts                   | lane     | model   | input_tokens | output_tokens |
      | 2026-11-21T11:00:00Z | baseline | glm-4.6 | 500          | 50            |
    When I run "bin/windows --format json" at 12:00
    Then the JSON rows at "windows" are
      | window | tokens | tokens_from | usd    |
      | W0-CHQ | null   | null        | null   |
      | W0-CHP | 2200   | logs        | 0.0063 |
      | W0-CHN | 1100   | logs        | 0.0075 |

  Scenario: Without logs they are those of the proxy's requests
    Given W0-CHN has the requests
      | ts                   | lane     | model             | input_tokens | output_tokens |
      | 2026-11-21T11:00:00Z | baseline | claude-sonnet-4-5 | 1000         | 100           |
    When I run "bin/windows --format json --since yesterday" at 12:00
    Then the JSON has
      | path                  | value  |
      | windows.2.window      | W0-CHN |
      | windows.2.tokens      | 1100   |
      | windows.2.tokens_from | feeds  |
      | windows.2.usd         | 0.0045 |

  Scenario: Missed resets and anomalies
    Given Bo starts claude in W0-CHP at 2026-11-22 10:00 with week 30%
    And Bo ends claude in W0-CHP at 2026-11-22 11:00 with week 12%
    When I run "bin/windows --limit 2" at 2026-11-23 12:00
    Then it prints the lines
      """
      W0-CHP Provider bridges  11-22 to 11-23  -  -  -  open, 1 anomaly, 1 missed reset  ada, bo
      """
    And it prints no line with "W0-CHN"

  Scenario: Only windows since a day
    When I run "bin/windows --since 2026-11-23" at 12:00
    Then it prints no line with "W0-CHN"

  Scenario: For a spreadsheet
    When I run "just windows --format csv" at 12:00
    Then it prints as CSV the columns
      | window | title            | state     | is_current | starts_at            | agents | points           | features         | outcome | anomalies |
      | W0-CHQ |                  | planned   | false      |                      |        |                  |                  |         | 0         |
      | W0-CHP | Provider bridges | open      | true       | 2026-11-22T00:06:00Z | ada    |                  |                  |         | 0         |
      | W0-CHN | Automation pack  | finalized | false      | 2026-11-21T09:00:00Z | ada bo | claude=5 codex=7 | codex=3 claude=2 | pass    | 0         |

  Scenario: An empty book
    Given the windows
      | window |
    When I run "bin/windows --data-dir none"
    Then it prints "no windows; `just start codex W1` begins the window W1"
    And nothing was created
    When I run "bin/windows --data-dir none --format csv"
    Then it prints the lines
      """
      window,title,state,is_current,starts_at,ends_at,agents,tokens,tokens_from,usd,usd_known,points,features,outcome,anomalies,missed_resets,amounts
      """

  Scenario Outline: A wrong <flag>
    When I run "bin/windows <flag> <value>"
    Then it exits with 2 and says "<sentence>"

    Examples:
      | flag    | value | sentence                                                                                |
      | --limit | 0     | windows: --limit is 0; valid: 1 or more                                                 |
      | --since | soon  | windows: --since 'soon' is not a day, such as 2026-11-22, today, yesterday, monday or 7d |
