Feature: Mistakes in prices.toml

  Scenario Outline: A mistake in an entry: <mistake>
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
      | unknown key    | "glm-4.6" = { input = 1, output = 1, cached = 1 } | : unknown key prices.glm-4.6.cached; valid: base_up_to, cache_read, cache_write, cache_write_1h, from, hours, input, mode, output, over, source, until, web_searches |
      | no output      | "glm-4.6" = { input = 1 }                         | : prices.glm-4.6: object missing required field `output`                   |
      | less than zero | "glm-4.6" = { input = -1, output = 1 }            | : prices.glm-4.6.input = -1 is not valid; valid: expected `float` >= 0.0   |
      | text           | "glm-4.6" = { input = "1", output = 1 }           | : prices.glm-4.6.input = '1' is not valid; valid: expected `float`, got `str` |
      | a bare number  | "glm-4.6" = 1                                     | : prices.glm-4.6 = 1 is not valid; valid: a table                          |
      | no name        | "glm 4.6" = { input = 1, output = 1 }             | : prices.glm 4.6 = 'glm 4.6' is not valid; valid: 1 to 128 printable       |

  Scenario Outline: A mistake at the top: <line>
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

  Scenario: Not TOML
    Given the only prices are
      """
      [prices]
      "glm-4.6" = { input = 1,, output = 1 }
      """
    When I run "bin/prices"
    Then it exits with 78 and says "prices: CONFIG/prices.toml is not TOML: Invalid initial character"
    And nothing was created

  Scenario: A model that is listed twice, ignoring case
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

  Scenario: cost-compare stops, but ingest needs no prices
    Given the only prices are
      """
      [prices
      """
    And W0-CHN has the requests
      | ts    |
      | 09:00 |
    When I run "bin/cost-compare --window W0-CHN"
    Then it exits with 78 and says "cost-compare: CONFIG/prices.toml is not TOML: "
