Feature: The price list

  Scenario: The table
    Given the config file prices.toml says
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
    Given the config file prices.toml says
      """
      # none yet
      """
    When I run "bin/prices"
    Then it prints "No model has a price: config/prices.toml names none"

  Scenario: The shipped prices
    When I run "bin/prices"
    Then it prints the lines
      """
      USD per million tokens, as of 2026-11-22, from genai-prices 0.2.3
      """
