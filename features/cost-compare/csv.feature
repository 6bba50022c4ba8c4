Feature: The comparison as CSV

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

  Scenario: One row for each matched feature
    When I run "bin/cost-compare --window W0-CHN --format csv"
    Then it prints as CSV the columns
      | feature            | baseline_requests | routed_requests | baseline_tokens | routed_tokens | delta_tokens | baseline_usd | routed_usd | delta_usd | saved_usd |
      | '=HYPERLINK("a,b") | 1                 | 1               | 1100            | 1100          | 0            | 0.0045       | 0.00082    | -0.00368  | 0.00368   |
      | login-form         | 1                 | 1               | 1100            | 1100          | 0            | 0.0045       | 0.00082    | -0.00368  | 0.00368   |

  Scenario Outline: A feature name that a spreadsheet would execute: <rid>
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

  Scenario: An unknown cost is an empty cell
    Given W0-CHP has the requests
      | ts    | rid        | lane     | model   |
      | 10:00 | login-form | baseline | gpt-x   |
      | 10:01 | login-form | glm      | glm-4.6 |
    When I run "bin/cost-compare --window W0-CHP --format csv"
    Then it prints as CSV the columns
      | feature    | baseline_usd | routed_usd | delta_usd | saved_usd |
      | login-form |              | 0.00082    |           |           |
