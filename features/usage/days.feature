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
    Then it prints "daily: no usage on these days; run ingest to book requests from agents' logs"
    When I run "bin/usage --data-dir HOME/none"
    Then it prints "daily: no usage in the book; run ingest to book requests from agents' logs"
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
