Feature: The remaining time of a window

  `timer` counts down to the reset and to the end of the lag buffer, when panes show the new window.
  Where stdout is no terminal, it prints one line at once. It writes nothing.

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%

  Scenario Outline: One line
    When I run "bin/timer W0-CHN" at <at>
    Then it prints "<line>"
    And nothing was written

    Examples:
      | at               | line                                                                                      |
      | 21:00            | W0-CHN ends 2026-11-23 00:01, in 3h 1m; panes settle 2026-11-23 00:06, in 3h 6m           |
      | 2026-11-23 00:01 | W0-CHN ended 2026-11-23 00:01; panes settle 2026-11-23 00:06, in 5m                       |
      | 2026-11-23 00:06 | W0-CHN ended 2026-11-23 00:01; panes have settled since 2026-11-23 00:06                  |

  Scenario: The default is the current window
    When I run "bin/timer --format json" at 21:00
    Then the JSON has
      | path               | value                |
      | window             | W0-CHN               |
      | ends_at            | 2026-11-23T00:01:00Z |
      | ends_in_seconds    | 10860                |
      | settles_at         | 2026-11-23T00:06:00Z |
      | settles_in_seconds | 11160                |

  Scenario: A declared end counts before the first BEFORE too
    Given the windows
      | window | ends                |
      | W9     | 2026-11-25T12:00:00 |
    When I run "bin/timer W9" at 21:00
    Then it prints "W9 ends 2026-11-25 12:00, in 2d 15h; panes settle 2026-11-25 12:05, in 2d 15h"

  Scenario: An unknown end
    When I run "bin/timer W0-CHQ" at 21:00
    Then it exits with 66 and says
      """
      timer: the end of W0-CHQ is unknown: it has no BEFORE, and no `ends` in windows.toml; `start PROVIDER W0-CHQ` books BEFORE
      """
