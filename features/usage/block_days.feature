Feature: Blocks and filters

  Scenario: A block belongs to the day on which it begins
    Given agents used
      | at               | input |
      | 2026-11-21 22:10 | 1     |
      | 2026-11-22 01:10 | 10    |
      | 2026-11-22 03:10 | 100   |
    When I run "bin/usage blocks --since 2026-11-22 --format json"
    Then the JSON rows at "rows" are
      | period               | total_tokens |
      | 2026-11-22T03:00:00Z | 110          |
    When I run "bin/usage blocks --until 2026-11-21 --format json"
    Then the JSON rows at "rows" are
      | period               | total_tokens |
      | 2026-11-21T22:00:00Z | 31           |

  Scenario: Requests that a filter leaves out still begin a block
    Given agents used
      | at    | model | input |
      | 08:10 | one   | 1     |
      | 10:10 | other | 10    |
    When I run "bin/usage blocks --model other --format json"
    Then the JSON rows at "rows" are
      | period               | model | total_tokens |
      | 2026-11-22T08:00:00Z | other | 20           |
