Feature: a quiet line for Claude Code's prompt, which books the meters as it goes

  Claude Code pipes JSON into the command of its status line. What it says of the limits is booked
  when it changed, and only where it is not older than what is there.

  Background:
    Given the JSON of a status line
      | session | model    | context | 5h             | week            |
      | a       | Opus 4.5 | 34      | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |

  Scenario: the first time
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h)"
    And it notes nothing
    And the journal meters reads
      | provider | source     | captured_at          | session | week-all-models |
      | claude   | statusline | 2026-11-22T16:00:00Z | 23.5    | 41              |
    And row 1 of the journal meters has "session" a
    And row 1 of the journal meters has "meters.session.resets_at" 2026-11-22T18:40:00Z
    And row 1 of the journal meters has "meters.session.window_minutes" 300

  Scenario: the window that one is in
    Given main starts claude in W0-CHN at 12:00 with session 3%
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h) | W0-CHN"
    And row 1 of the journal meters has "window" W0-CHN

  Scenario Outline: what is booked again: <what>
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

  Scenario Outline: a session that lags does not overwrite a newer one: <what>
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

  Scenario: no limits yet
    Given the JSON of a status line
      | session | model    |
      | a       | Opus 4.5 |
    When I pipe the JSON into "bin/statusline"
    Then it prints "Opus 4.5"
    And nothing was created

  Scenario Outline: what is no JSON of a status line still gives a line
    Given the JSON of a status line is <json>
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "<line>"
    And nothing was created

    Examples:
      | json                                                               | line     |
      | {"model": {"display_name": "Opus"}                                 | burnbook |
      | []                                                                 | burnbook |
      | {"model": "Opus", "rate_limits": null}                             | Opus     |
      | {"model": 5, "rate_limits": {"five_hour": null, "seven_day": 7}}   | burnbook |
      | {"model": {"id": "o"}, "rate_limits": {"five_hour": {"used_percentage": null}}} | o |
      | {"rate_limits": {"five_hour": {"used_percentage": "x"}}, "session_id": 4} | burnbook |

  Scenario: a config that is broken gives a line too
    Given the config file windows.toml says
      """
      timezone = 5
      """
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "burnbook"
    And nothing was created

  Scenario: nobody waits for a book that is busy
    Given somebody holds the book's lock
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h)"
    And it notes
      """
      statusline: the book is busy; nothing booked this time
      """
    And it took less than the 10 seconds for which other commands wait for the lock
