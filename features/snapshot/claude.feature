Feature: Claude's session and week

  Background:
    Given the pane
      """
       Settings:  Status   Config   Usage  (tab to cycle)

       Current session
       ██████████████████████████████████████              76% used
       Resets 9:59am (UTC)

       Current week (all models)
       ██████                                              12% used
       Resets Nov 27 at 8pm (UTC)
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00

  Scenario: BEFORE and AFTER
    Then it prints "BEFORE W0-CHN bo claude: session 76%, week-all-models 12% (ID)"
    And the journal snapshots reads
      | session | meters.session.resets_at | week-all-models | meters.week-all-models.resets_at | errors |
      | 76      | 2026-11-22T09:59:00Z     | 12              | 2026-11-27T20:00:00Z             |        |

  Scenario: undo
    When I run "bin/undo claude --agent bo"
    Then it prints "undone: BEFORE of claude for bo in W0-CHN, taken 2026-11-22 09:00 (ID)"
    And there is no state of bo with claude

  Scenario: Only the session was reset before AFTER
    Given Bo ends claude at 12:31 with session 22% resets 2:59pm (UTC), week 17%
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON rows at "meters" are
      | meter           | before | after | delta | delta_min | delta_max |
      | session         | 76     | 22    | null  | 22        | 46        |
      | week-all-models | 12     | 17    | 5     | 5         | 5         |

  Scenario: The pane's time zone overrides the config's
    Given the setting timezone of windows.toml is "Europe/Berlin"
    And a Claude pane with session 22% resets 8:59pm (Asia/Irkutsk)
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then row 2 of the journal snapshots has "meters.session.resets_at" 2026-11-22T12:59:00Z

  Scenario: A pane that did not load
    Given the pane
      """
       Settings:  Status   Config   Usage  (tab to cycle)

       Error: Failed to load usage data
      """
    When I pipe the pane into "bin/snapshot end claude --agent bo" at 12:30
    Then it exits with 65 and says "no meters of claude in the pane (usage-not-loaded, no-meters); nothing booked"
    And the journal snapshots has 1 row
