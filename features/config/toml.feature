Feature: Config files that are not valid TOML

  Scenario Outline: <file> is not TOML
    Given the config file <file> says
      """
      # a comment is no mistake
      <line>
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/<file> is not TOML: <reason>
      """
    And nothing was created

    Examples:
      | file         | line                     | reason                                                                   |
      | windows.toml | lag_buffer = 5m          | Expected newline or end of document after a statement (at line 2, column 15) |
      | budgets.toml | [budgets.default         | Expected ']' at the end of a table declaration (at end of document)     |
      | preview.toml | blocks =                 | Invalid value (at end of document)                                       |
      | preview.toml | effect = 0.5, effect = 1 | Expected newline or end of document after a statement (at line 2, column 13) |
