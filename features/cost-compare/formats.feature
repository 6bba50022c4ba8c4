Feature: the comparison as text, JSON, markdown and CSV

  Background:
    Given the config file prices.toml says
      """
      as_of = 2026-11-22

      [prices]
      "claude-*" = { input = 3, output = 15 }
      "glm-*"    = { input = 0.6, output = 2.2 }
      """
    And W0-CHN has the requests
      | ts    | rid               | lane     | model             |
      | 09:00 | login-form        | baseline | claude-sonnet-4-5 |
      | 09:01 | login-form        | glm      | glm-4.6           |
      | 09:02 | =HYPERLINK("a,b") | baseline | claude-sonnet-4-5 |
      | 09:03 | =HYPERLINK("a,b") | glm      | glm-4.6           |
      | 09:04 | csv-export        | glm      | glm-4.6           |

  Scenario: CSV has a row for each matched feature, and no cell that a spreadsheet would run
    When I run "bin/cost-compare --window W0-CHN --format csv"
    Then it prints as CSV the columns
      | feature            | baseline_requests | routed_requests | baseline_tokens | routed_tokens | delta_tokens | baseline_usd | routed_usd | delta_usd | saved_usd |
      | '=HYPERLINK("a,b") | 1                 | 1               | 1100            | 1100          | 0            | 0.0045       | 0.00082    | -0.00368  | 0.00368   |
      | login-form         | 1                 | 1               | 1100            | 1100          | 0            | 0.0045       | 0.00082    | -0.00368  | 0.00368   |

  Scenario Outline: a feature whose name a spreadsheet would run, <rid>
    Given W0-CHP has the requests
      | ts    | rid   | lane     | model             |
      | 10:00 | <rid> | baseline | claude-sonnet-4-5 |
      | 10:01 | <rid> | glm      | glm-4.6           |
    When I run "bin/cost-compare --window W0-CHP --format csv"
    Then it prints as CSV the columns
      | feature |
      | '<rid>  |

    Examples:
      | rid     |
      | =1+1    |
      | +1+1    |
      | -1+1    |
      | @SUM(A) |

  Scenario: CSV where a cost is not known: an empty cell
    Given W0-CHP has the requests
      | ts    | rid        | lane     | model   |
      | 10:00 | login-form | baseline | gpt-x   |
      | 10:01 | login-form | glm      | glm-4.6 |
    When I run "bin/cost-compare --window W0-CHP --format csv"
    Then it prints as CSV the columns
      | feature    | baseline_usd | routed_usd | delta_usd | saved_usd |
      | login-form |              | 0.00082    |           |           |

  Scenario: markdown
    When I run "bin/cost-compare --window W0-CHN --top 1 --format markdown"
    Then it prints the lines
      """
      ### Tokens and USD
      | Feature | Baseline tokens | Routed | Delta | Baseline USD | Routed | Delta | Saved |
      | all matched | 2,200 | 2,200 | 0 | 0.0090 | 0.0016 | -0.0074 | 0.0074 |
      | whole window | 2,200 | 3,300 | 1,100 | 0.0090 | 0.0025 | -0.0065 | 0.0110 |
      ### In all
      - Unmatched: 1
      """

  Scenario: JSON has the keys that programs count on
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON begins with the keys window, prices, features, matched, unmatched, matched_totals, totals
    And the JSON has
      | path                        | value |
      | matched                     | 2     |
      | unmatched                   | 1     |
      | features.1.feature          | login-form |
      | features.1.delta_tokens     | 0     |

  Scenario: through the recipe
    When I run "just cost-compare --window W0-CHN --top 1 --format csv"
    Then it prints as CSV the columns
      | feature            |
      | '=HYPERLINK("a,b") |

  Scenario: without --window it is the agent's newest window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/cost-compare --agent ada --format json"
    Then the JSON value at "window" is W0-CHN

  Scenario: a row that does not hold is left out, and said
    Given in row 1 of the journal proxy_telemetry ""input_tokens":1000" became ""input_tokens":9000"
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then it notes
      """
      cost-compare: 1 corrupt line skipped; run check
      """
    And the JSON value at "totals.all.requests" is 4
