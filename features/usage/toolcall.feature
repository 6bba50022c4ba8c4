Feature: Which tools, servers and skills the tokens went to

  Scenario: A request with two calls is divided evenly, and rows add up
    Given agents used
      | at    | input | output | calls                  |
      | 09:00 | 100   | 1      | Bash, Read             |
      | 09:01 | 31    | 0      | mcp__github__get_issue |
      | 09:02 | 7     | 0      |                        |
    When I run "bin/usage toolcall --format json"
    Then the JSON rows at "rows" are
      | name                   | calls | requests | total_tokens |
      | Bash                   | 1     | 1        | 51           |
      | Read                   | 1     | 1        | 50           |
      | mcp__github__get_issue | 1     | 1        | 31           |
      | (no tool)              | 0     | 1        | 7            |
    When I run "bin/usage mcp --format json"
    Then the JSON rows at "rows" are
      | name            | calls | total_tokens |
      | (no MCP server) | 0     | 108          |
      | github          | 1     | 31           |

  Scenario: A cache that expired is sent again
    Given agents used
      | at    | input | output | cache_read | cache_write |
      | 09:00 | 5     | 0      | 0          | 40000       |
      | 09:02 | 5     | 0      | 40000      | 1000        |
      | 09:30 | 5     | 0      | 0          | 42000       |
    When I run "bin/usage cache --format json"
    Then the JSON rows at "rows" are
      | name            | expired | expired_tokens | changed |
      | claude-opus-4-5 | 1       | 41000          | 0       |

  Scenario: Few sessions are not compared
    Given agents used
      | at    | input |
      | 09:00 | 5     |
    When I run "bin/usage outliers"
    Then it prints a line with "not known: only 0 sessions with 5 requests or more"
