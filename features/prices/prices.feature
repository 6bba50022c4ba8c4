Feature: The price list

  Scenario: The table
    Given the only prices are
      """
      as_of  = 2026-11-22
      source = "genai-prices 0.2.3"

      [prices]
      "claude-sonnet-*" = { input = 3, output = 15, cache_read = 0.3, cache_write = 3.75, base_up_to = 200_000, source = "genai-prices" }
      "glm-4.6"         = { input = 0.6, output = 2.2 }
      """
    When I run "bin/prices"
    Then it prints
      """
      USD per million tokens, as of 2026-11-22, from genai-prices 0.2.3
        Model            Input  Output  Cache read  Cache write  For 1 h  Up to tokens  Source
        claude-sonnet-*      3      15         0.3         3.75        -       200,000  genai-prices
        glm-4.6            0.6     2.2           -            -        -             -  by hand
      """
    When I run "just prices --format json"
    Then the JSON has
      | path                         | value              |
      | as_of                        | 2026-11-22         |
      | source                       | genai-prices 0.2.3 |
      | prices.claude-sonnet-*.input | 3                  |
    And nothing was written

  Scenario: No prices
    Given the only prices are
      """
      # none yet
      """
    When I run "bin/prices"
    Then it prints "No prices: config/prices.toml and config/prices.json have no entries"

  Scenario: own prices come before those of the package
    Given the only prices are
      """
      [prices]
      "glm-4.6" = { input = 9, output = 9 }
      """
    When I run "bin/prices"
    Then it prints the lines
      """
        glm-4.6                       9       9           -            -        -             -  by hand
      """

  Scenario: The shipped prices
    When I run "bin/prices"
    Then it prints the lines
      """
      USD per million tokens, as of 2026-11-22, from genai-prices 0.2.3
      """
