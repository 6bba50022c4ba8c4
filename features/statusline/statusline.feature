Feature: A line for Claude Code's prompt, which books the meters

  Claude Code pipes JSON into the command of its status line. What it says of the limits is booked
  when it changed, and only where it is not older than what is there.

  Background:
    Given the JSON of a status line
      | session | model    | context | 5h             | week            |
      | a       | Opus 4.5 | 34      | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |

  Scenario: The first call
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h)"
    And it prints no message
    And the journal meters reads
      | provider | source     | captured_at          | session | week-all-models |
      | claude   | statusline | 2026-11-22T16:00:00Z | 23.5    | 41              |
    And row 1 of the journal meters has "session" a
    And row 1 of the journal meters has "meters.session.resets_at" 2026-11-22T18:40:00Z
    And row 1 of the journal meters has "meters.session.window_minutes" 300

  Scenario: The current window
    Given main starts claude in W0-CHN at 12:00 with session 3%
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h) | W0-CHN"
    And row 1 of the journal meters has "window" W0-CHN

  Scenario: The window that is open for the others, if the agent's own has ended
    Given main starts claude in N1 at 2026-11-20 12:00 with session 3%
    And Ada starts claude in N2 at 12:00 with session 3%
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h) | N2"

  Scenario: No window is open
    Given main starts claude in N1 at 2026-11-20 12:00 with session 3%
    When I pipe the JSON into "bin/statusline" at 16:00
    Then it prints "Opus 4.5 | context 34% | 5h 24% (2h 40m) | week 41% (3d 8h)"

  Scenario: Without limits
    Given the JSON of a status line
      | session | model    |
      | a       | Opus 4.5 |
    When I pipe the JSON into "bin/statusline"
    Then it prints "Opus 4.5"
    And nothing was created
