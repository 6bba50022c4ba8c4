Feature: The time of a snapshot and of its resets

  Background:
    Given a Codex pane with 5h 11% resets 13:10, weekly 24% resets 07:30 on 26 Nov

  Scenario: A time without a zone is in the config's zone
    Given the setting timezone of windows.toml is "Europe/Berlin"
    When I pipe the pane into "bin/snapshot start codex --at 2026-11-22T09:00"
    Then the journal snapshots reads
      | captured_at          | meters.5h.resets_at  | meters.weekly.resets_at |
      | 2026-11-22T08:00:00Z | 2026-11-22T12:10:00Z | 2026-11-26T06:30:00Z    |

  Scenario: A time with an offset
    When I pipe the pane into "bin/snapshot start codex --at 2026-11-22T10:00+01:00"
    Then the journal snapshots reads
      | captured_at          | meters.5h.resets_at  |
      | 2026-11-22T09:00:00Z | 2026-11-22T13:10:00Z |

  Scenario: A reset without a date is the next such time of day
    Given a Codex pane with 5h 11% resets 01:30
    When I pipe the pane into "bin/snapshot start codex" at 23:00
    Then row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-23T01:30:00Z

  Scenario: A reset that is too far away has passed: the pane is stale
    Given a Codex pane with 5h 11% resets 13:10
    When I pipe the pane into "bin/snapshot start codex" at 14:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% [stale] (ID)"
    And row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T13:10:00Z

  Scenario Outline: An invalid time: <at>
    When I pipe the pane into "bin/snapshot start codex --at '<at>'"
    Then it exits with 2 and says "snapshot: time '<at>' is not ISO 8601, such as 2026-11-22T18:30"
    And nothing was created

    Examples:
      | at               |
      | yesterday        |
      | 25:00            |
      | 2026-02-30T09:00 |
