Feature: Meters from the agents' own files instead of a pane

  Codex writes its limits into its rollouts, Claude Code shows them in its status line. `capture =
  "rollouts"` and `capture = "statusline"` take them from there, with the moment at which they were told.

  Background:
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "rollouts"

      [agents.ada]
      provider = "claude"
      capture  = "statusline"
      """

  Scenario: The newest values of the newest rollouts
    Given the rollout a contains
      | at    | 5h              | weekly                   |
      | 08:00 | 20 till 09:30   | 30 till 2026-11-26 00:00 |
    And the rollout b contains
      | at    | 5h              | weekly                   |
      | 08:30 | 25 till 09:30   | 31 till 2026-11-26 00:00 |
      | 11:50 | 3 till 14:40    | 32 till 2026-11-26 00:00 |
      | 11:52 | none            | none                     |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 3%, weekly 32% (ID)"
    And the journal snapshots reads
      | provider | captured_at          | source  | plan | errors | 5h | weekly |
      | codex    | 2026-11-22T11:50:00Z | capture | pro  |        | 3  | 32     |
    And row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T14:40:00Z

  Scenario: A session that lags does not hide newer values
    Given the rollout a contains
      | at    | 5h            | weekly                   |
      | 11:50 | 40 till 14:40 | 35 till 2026-11-26 00:00 |
    And the rollout b contains
      | at    | 5h            | weekly                   |
      | 11:55 | 38 till 14:40 | 34 till 2026-11-26 00:00 |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 40%, weekly 35% (ID)"

  Scenario Outline: Old values are not used as current ones: <what>
    Given the rollout a contains
      | at   | 5h            | weekly                   |
      | <at> | 40 till <end> | 35 till 2026-11-26 00:00 |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then the journal snapshots reads
      | captured_at           | errors   | 5h |
      | 2026-11-22T<at>:00Z   | <errors> | 40 |

    Examples:
      | what                      | at    | end   | errors   |
      | a quarter of an hour      | 11:45 | 14:40 |          |
      | more than that            | 11:44 | 14:40 | stale    |
      | fresh, and reset since    | 11:50 | 11:55 | stale:5h |

  Scenario: A log that shows a model's limits leaves the main limits old
    Given the rollout a has the limits
      | at    | limits |
      | 11:00 | {"limit_id": "codex", "primary": {"used_percent": 20, "window_minutes": 300, "resets_at": epoch(14:40)}, "secondary": {"used_percent": 41, "window_minutes": 10080, "resets_at": epoch(2026-11-26 00:00)}} |
      | 11:55 | {"limit_id": "codex_spark", "limit_name": "Spark", "primary": {"used_percent": 7, "window_minutes": 300, "resets_at": epoch(15:00)}} |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 20%, weekly 41%, spark:5h 7% [stale:5h stale:weekly] (ID)"
    Given the rollout a has the limits
      | at    | limits |
      | 12:50 | {"limit_id": "codex", "primary": {"used_percent": 30, "window_minutes": 300, "resets_at": epoch(14:40)}, "secondary": {"used_percent": 43, "window_minutes": 10080, "resets_at": epoch(2026-11-26 00:00)}} |
      | 12:55 | {"limit_id": "codex_spark", "limit_name": "Spark", "primary": {"used_percent": 8, "window_minutes": 300, "resets_at": epoch(15:00)}} |
    When I run "bin/snapshot end codex --capture" at 13:00
    Then it prints "AFTER W0-CHN main codex: 5h 30%, weekly 43%, spark:5h 8% (ID)"
    When I run "bin/preview W0-CHN"
    Then it prints the lines
      """
      main codex: 5h may have been old at BEFORE
      main codex: weekly may have been old at BEFORE
      """
    When I run "bin/windows"
    Then it prints a line with "codex 2 (stale)"

  Scenario: A pool of a model that was not used lately is left out
    Given the rollout a has the limits
      | at    | limits |
      | 11:00 | {"limit_id": "codex_spark", "limit_name": "Spark", "primary": {"used_percent": 7, "window_minutes": 300, "resets_at": epoch(15:00)}} |
      | 11:55 | {"limit_id": "codex", "primary": {"used_percent": 20, "window_minutes": 300, "resets_at": epoch(14:40)}} |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 20% (ID)"

  Scenario: A reset waits for the main limits
    Given main starts codex in W0-CHN at 20:00 with 5h 3%, weekly 20%
    And the rollout a has the limits
      | at               | limits |
      | 23:58            | {"limit_id": "codex", "primary": {"used_percent": 20, "window_minutes": 300, "resets_at": epoch(2026-11-23 02:00)}} |
      | 2026-11-23 00:06 | {"limit_id": "codex_spark", "limit_name": "Spark", "primary": {"used_percent": 7, "window_minutes": 300, "resets_at": epoch(2026-11-23 03:00)}} |
    When I run "bin/reset" at 2026-11-23 00:07
    Then it prints the lines
      """
      pending W0-CHN main codex: its meters are from before the reset, 2026-11-22T23:58:00Z; run it again in some minutes
      """

  Scenario: An old pool of a model does not delay a reset
    Given main starts codex in W0-CHN at 20:00 with 5h 3%, weekly 20%
    And the rollout a has the limits
      | at               | limits |
      | 23:53            | {"limit_id": "codex_spark", "limit_name": "Spark", "primary": {"used_percent": 7, "window_minutes": 300, "resets_at": epoch(2026-11-23 03:00)}} |
      | 2026-11-23 00:07 | {"limit_id": "codex", "primary": {"used_percent": 20, "window_minutes": 300, "resets_at": epoch(2026-11-23 02:00)}} |
    When I run "bin/reset" at 2026-11-23 00:11
    Then it prints a line with "AFTER W0-CHN main codex: 5h 20%, spark:5h 7% [stale:spark:5h] (ID)"

  Scenario: There is no rollout
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it exits with 66 and says
      """
      snapshot: no rollout below HOME/.codex has rate limits; use Codex once, or book by hand: `snapshot start codex --set 5h=11`
      """
    And nothing was created
