Feature: What statusline books

  Background:
    Given the JSON of a status line
      | session | model    | context | 5h             | week            |
      | a       | Opus 4.5 | 34      | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |

  Scenario Outline: A changed value: <what>
    Given the JSON was piped into "bin/statusline" at 16:00
    And the JSON of a status line
      | session | 5h   | week                     |
      | a       | <5h> | 41 till 2026-11-26 00:00 |
    When I pipe the JSON into "bin/statusline" at <at>
    Then the journal meters has <rows> rows

    Examples:
      | what                          | 5h              | at    | rows |
      | nothing, as it is the same    | 23.5 till 18:40 | 16:10 | 1    |
      | nothing, a reset that wanders | 23.5 till 18:42 | 16:10 | 1    |
      | another percentage            | 24 till 18:40   | 16:10 | 2    |
      | over a hundred                | 104 till 18:40  | 16:10 | 2    |
      | another reset                 | 23.5 till 18:43 | 16:10 | 2    |
      | the next five hours           | 2 till 23:40    | 18:50 | 2    |
      | less, from the same session   | 20 till 18:40   | 16:10 | 2    |

  Scenario Outline: A session that lags does not override a newer one: <what>
    Given the JSON was piped into "bin/statusline" at 16:00
    And the JSON of a status line
      | session | 5h            | week                     |
      | b       | 50 till 23:40 | 43 till 2026-11-26 00:00 |
    And the JSON was piped into "bin/statusline" at 18:45
    And the JSON of a status line
      | session | model | 5h   | week                     |
      | <who>   | Haiku | <5h> | 41 till 2026-11-26 00:00 |
    When I pipe the JSON into "bin/statusline" at 18:50
    Then it prints "Haiku | 5h 50% (4h 50m) | week 43% (3d 5h)"
    And the journal meters has 2 rows

    Examples:
      | what                       | who | 5h              |
      | it shows what it did       | a   | 23.5 till 18:40 |
      | it was not seen before     | c   | 23.5 till 18:40 |
      | its five hours are the old | c   | 60 till 18:40   |
      | less of the same           | c   | 49 till 23:40   |
