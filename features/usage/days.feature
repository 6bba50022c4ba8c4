Feature: The days of a usage report

  Background:
    Given agents used
      | at               | tool   | model           | input | cache_read | cache_write | cache_write_1h | output | reasoning |
      | 2026-11-21 23:50 | claude | claude-opus-4-5 | 100   | 5000       | 300         | 40             | 20     |           |
      | 2026-11-22 09:00 | claude | claude-opus-4-5 | 200   | 6000       |             |                | 30     |           |
      | 2026-11-22 09:20 | claude | claude-opus-4-5 | 300   | 7000       |             |                | 40     |           |
      | 2026-11-22 10:00 | codex  | gpt-5.2-codex   | 400   | 8000       |             |                | 50     | 35        |
      | 2026-12-01 10:00 | codex  | gpt-5.2-codex   | 500   | 9000       |             |                | 60     | 6         |

  Scenario: Days are in the config's zone or in --timezone
    When I run "bin/usage daily --tool claude --format json"
    Then the JSON rows at "rows" are
      | period     | requests |
      | 2026-11-21 | 1        |
      | 2026-11-22 | 2        |
    When I run "bin/usage daily --tool claude --timezone Europe/Berlin --format json"
    Then the JSON rows at "rows" are
      | period     | requests |
      | 2026-11-22 | 3        |
    Given the setting timezone of windows.toml is "America/Los_Angeles"
    When I run "bin/usage daily --tool claude --format json"
    Then the JSON rows at "rows" are
      | period     | requests |
      | 2026-11-21 | 1        |
      | 2026-11-22 | 2        |

  Scenario: Reading logs again changes nothing
    Given "bin/usage --format json" was run
    And agents used
      | at               | tool   | model           | input | cache_read | cache_write | cache_write_1h | output | reasoning |
      | 2026-11-21 23:50 | claude | claude-opus-4-5 | 100   | 5000       | 300         | 40             | 20     |           |
    When I run "bin/usage --format json"
    Then the JSON value at "totals.requests" is 5

  Scenario: A book without usage
    Given the folder cache of the book is gone
    When I run "bin/usage --since 2027-01-01"
    Then it prints "daily: no usage matches; run ./just ingest to read what is new"
    When I run "bin/usage --data-dir HOME/none"
    Then it prints a line with "daily: no usage in the book; no agent has logs on this machine; searched the folders of "
    And nothing was written
    When I run "bin/usage --data-dir HOME/none --format json"
    Then the JSON has
      | path                | value |
      | rows                |       |
      | totals.total_tokens | 0     |
      | totals.usd          | 0     |

  Scenario Outline: Days by name, relative to --at and in the time zone of the report
    When I run "bin/usage <flags> --format json"
    Then the JSON has
      | path            | value    |
      | report          | <report> |
      | since           | <since>  |
      | until           | <until>  |
      | totals.requests | <n>      |

    Examples:
      | flags                                                        | report | since      | until      | n |
      | today --at 2026-11-22T12:00Z                                 | daily  | 2026-11-22 | 2026-11-22 | 3 |
      | today --at 2026-11-21T23:30Z --timezone UTC                  | daily  | 2026-11-21 | 2026-11-21 | 1 |
      | today --at 2026-11-21T23:30Z --timezone Europe/Berlin        | daily  | 2026-11-22 | 2026-11-22 | 4 |
      | --since yesterday --at 2026-11-22T12:00Z                     | daily  | 2026-11-21 | null       | 5 |
      | --since 10d --until 2d --at 2026-12-01T12:00Z                | daily  | 2026-11-21 | 2026-11-29 | 4 |
      | weekly --since sunday --until sunday --at 2026-11-22T12:00Z  | weekly | 2026-11-22 | 2026-11-22 | 3 |
      | --since monday --at 2026-12-01T12:00Z                        | daily  | 2026-11-30 | null       | 1 |
      | blocks --last 2d --at 2026-11-22T12:00Z                      | blocks | 2026-11-21 | 2026-11-22 | 4 |

  Scenario: Hours of the day in the time zone of the report, of all days together
    When I run "bin/usage hour --timezone UTC --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model           | requests | total_tokens |
      | 09:00  | claude | claude-opus-4-5 | 2        | 13570        |
      | 10:00  | codex  | gpt-5.2-codex   | 2        | 18010        |
      | 23:00  | claude | claude-opus-4-5 | 1        | 5460         |
    When I run "bin/usage hour --timezone Asia/Kolkata --until 2026-11-22 --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model           | requests |
      | 05:00  | claude | claude-opus-4-5 | 1        |
      | 14:00  | claude | claude-opus-4-5 | 2        |
      | 15:00  | codex  | gpt-5.2-codex   | 1        |

  Scenario: A report by tool has no second column of tools
    When I run "bin/usage tool --by tool"
    Then it prints
      """
      Usage tool: 37,040 tokens (2,040 new), 0.0226 USD at API list prices, or as logged
        Tool    Input  Cache write  Cache read  Output   Total     USD
        claude    600          340      18,000      90  19,030  0.0165
        codex     900            0      17,000     110  18,010  0.0061
        Total   1,500          340      35,000     200  37,040  0.0226
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """
