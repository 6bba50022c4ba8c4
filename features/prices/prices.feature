Feature: what models cost

  Scenario: the table
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

  Scenario: no prices
    Given the only prices are
      """
      # none yet
      """
    When I run "bin/prices"
    Then it prints "No prices: config/prices.toml and config/prices.json have no entries"

  Scenario: own prices come before those of the package
    Given the config file prices.toml says
      """
      [prices]
      "glm-4.6" = { input = 9, output = 9 }
      """
    When I run "bin/prices"
    Then it prints the lines
      """
        glm-4.6                       9       9           -            -        -             -  by hand
      """

  Scenario: those that are shipped
    When I run "bin/prices"
    Then it prints the lines
      """
      USD per million tokens, as of 2026-11-22, from genai-prices 0.2.3
      """

  Scenario Outline: a mistake in an entry: <mistake>
    Given the only prices are
      """
      [prices]
      <line>
      """
    When I run "bin/prices"
    Then it exits with 78 and says "prices: CONFIG/prices.toml<sentence>"
    And nothing was created

    Examples:
      | mistake        | line                                              | sentence                                                                   |
      | unknown key    | "glm-4.6" = { input = 1, output = 1, cached = 1 } | : unknown key prices.glm-4.6.cached; valid: base_up_to, cache_read, cache_write, cache_write_1h, input, output, source |
      | no output      | "glm-4.6" = { input = 1 }                         | : prices.glm-4.6: object missing required field `output`                   |
      | less than zero | "glm-4.6" = { input = -1, output = 1 }            | : prices.glm-4.6.input = -1 is not valid; valid: expected `float` >= 0.0   |
      | text           | "glm-4.6" = { input = "1", output = 1 }           | : prices.glm-4.6.input = '1' is not valid; valid: expected `float`, got `str` |
      | a bare number  | "glm-4.6" = 1                                     | : prices.glm-4.6 = 1 is not valid; valid: a table                          |
      | no name        | "glm 4.6" = { input = 1, output = 1 }             | : prices.glm 4.6 = 'glm 4.6' is not valid; valid: 1 to 128 printable       |

  Scenario Outline: a mistake at the top: <line>
    Given the only prices are
      """
      <line>
      """
    When I run "bin/prices"
    Then it exits with 78 and says "prices: CONFIG/prices.toml<sentence>"
    And nothing was created

    Examples:
      | line                 | sentence                                            |
      | currency = "EUR"     | : unknown key currency; valid: as_of, prices, source |
      | as_of = "yesterday"  | : as_of = 'yesterday' is not valid; valid:          |
      | prices = ["glm-4.6"] | : prices = ['glm-4.6'] is not valid; valid: tables  |

  Scenario: no TOML
    Given the only prices are
      """
      [prices]
      "glm-4.6" = { input = 1,, output = 1 }
      """
    When I run "bin/prices"
    Then it exits with 78 and says "prices: CONFIG/prices.toml is not TOML: Invalid initial character"
    And nothing was created

  Scenario: a model that stands there twice, in any case
    Given the only prices are
      """
      [prices]
      "glm-4.6" = { input = 1, output = 1 }
      "GLM-4.6" = { input = 2, output = 2 }
      """
    When I run "bin/prices"
    Then it exits with 78 and says
      """
      prices: CONFIG/prices.toml: prices.GLM-4.6 = 'GLM-4.6' is not valid; valid: each model once (in any
      case)
      """

  Scenario: cost-compare stops at a mistake too, and ingest needs no prices
    Given the only prices are
      """
      [prices
      """
    And W0-CHN has the requests
      | ts    |
      | 09:00 |
    When I run "bin/cost-compare --window W0-CHN"
    Then it exits with 78 and says "cost-compare: CONFIG/prices.toml is not TOML: "
