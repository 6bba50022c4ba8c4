Feature: A BEFORE right after the reset may show the old window

  Vendors' panes lag. A BEFORE inside the lag buffer (5 minutes, if the config says nothing else) is
  booked, so that nothing is lost, and carries a warning until somebody says that it is right.

  Background:
    Given the windows
      | window | next   | ends                |
      | W0-CHN | W0-CHP | 2026-11-23T00:01:00 |
      | W0-CHP |        |                     |

  Scenario: Inside the lag buffer
    When Ada starts codex in W0-CHP at 2026-11-23 00:03 with 5h 51% resets 04:00
    Then it prints "BEFORE W0-CHP ada codex: 5h 51% [lag-buffer] (ID)"
    And it warns
      """
      snapshot: this BEFORE of W0-CHP is inside the lag buffer (5m after the reset), when panes may
      still show the old window; take it again later, or use --force if it is right
      """
    And the journal snapshots reads
      | window | errors     | notes |
      | W0-CHP | lag-buffer |       |

  Scenario: A later BEFORE counts without a warning
    Given Ada starts codex in W0-CHP at 2026-11-23 00:03 with 5h 51% resets 04:00
    When Ada starts codex in W0-CHP at 2026-11-23 00:06 with 5h 1% resets 05:02
    Then it prints no message
    When I run "bin/preview --window W0-CHP --format json" at 2026-11-23 00:10
    Then the JSON rows at "meters" are
      | meter | before |
      | 5h    | 1      |

  Scenario: --force inside the lag buffer
    Given a Codex pane with 5h 1% resets 05:02
    When I pipe the pane into "bin/snapshot start codex --window W0-CHP --force" at 2026-11-23 00:03
    Then it prints "BEFORE W0-CHP main codex: 5h 1% (ID)"
    And it prints no message
    And the journal snapshots reads
      | window | errors | notes                          |
      | W0-CHP |        | [forced inside the lag buffer] |

  Scenario Outline: No lag at <at>
    When Ada starts codex in W0-CHP at <at> with 5h 1% resets 03:00
    Then it prints "BEFORE W0-CHP ada codex: 5h 1% (ID)"
    And it prints no message

    Examples: before the reset, and from the end of the buffer on
      | at               |
      | 2026-11-22 23:59 |
      | 2026-11-23 00:06 |

  Scenario: The config sets the length
    Given the setting lag_buffer of windows.toml is "30m"
    When Ada starts codex in W0-CHP at 2026-11-23 00:30 with 5h 1% resets 03:00
    Then it warns
      """
      snapshot: this BEFORE of W0-CHP is inside the lag buffer (30m after the reset), when panes may
      still show the old window; take it again later, or use --force if it is right
      """

  Scenario: A window without a declared end ends at the reset time
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When Bo starts codex in W0-CHP at 2026-11-23 00:05 with 5h 1% resets 03:00
    Then it prints "BEFORE W0-CHP bo codex: 5h 1% [lag-buffer] (ID)"

  Scenario: An AFTER never lags
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada starts codex in W0-CHP at 2026-11-22 23:00 with 5h 1% resets 03:00
    When Ada ends codex in W0-CHP at 2026-11-23 00:03 with 5h 2% resets 03:00
    Then it prints no message
