Feature: The comparison as text, JSON, markdown and CSV

  Background:
    Given the only prices are
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

  Scenario: Markdown
    When I run "bin/cost-compare --window W0-CHN --top 1 --format markdown"
    Then it prints the lines
      """
      ### USD
      | Feature | Saved | Baseline | Routed | Delta |
      | all matched | 0.0074 | 0.0090 | 0.0016 | -0.0074 |
      | whole window | 0.0110 | 0.0090 | 0.0025 | -0.0065 |
      ### Tokens
      | Feature | Baseline | Routed | Delta |
      | whole window | 2,200 | 3,300 | 1,100 |
      ### In all
      - Unmatched: 1
      """

  Scenario: JSON keys
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON begins with the keys window, prices, features, matched, unmatched, matched_totals, totals
    And the JSON has
      | path                        | value |
      | matched                     | 2     |
      | unmatched                   | 1     |
      | features.1.feature          | login-form |
      | features.1.delta_tokens     | 0     |

  Scenario: The recipe
    When I run "just cost-compare --window W0-CHN --top 1 --format csv"
    Then it prints as CSV the columns
      | feature            |
      | '=HYPERLINK("a,b") |

  Scenario: The default is the agent's newest window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/cost-compare --agent ada --format json"
    Then the JSON value at "window" is W0-CHN

  Scenario: A corrupt row is skipped with a message
    Given in row 1 of the journal proxy_telemetry ""input_tokens":1000" became ""input_tokens":9000"
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then it warns
      """
      cost-compare: 1 corrupt line skipped; run check
      """
    And the JSON value at "totals.all.requests" is 4
