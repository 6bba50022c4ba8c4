Feature: The status line never fails

  Background:
    Given the JSON of a status line
      | session | model    | context | 5h             | week            |
      | a       | Opus 4.5 | 34      | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |

  Scenario Outline: Invalid JSON
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

  Scenario: An invalid config
    Given the config file windows.toml says
      """
      timezone = 5
      """
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "burnbook"
    And nothing was created

  Scenario: A busy book
    Given somebody holds the book's lock
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h)"
    And it warns
      """
      statusline: the book is busy; nothing booked this time
      """
    And it took less than the 10 seconds for which other commands wait for the lock
