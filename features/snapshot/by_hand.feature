Feature: Meters given by hand

  Scenario: --set without a pane
    When I run "bin/snapshot start codex --set 5h=11 --set weekly=24%" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
    And row 1 of the journal snapshots has "meters.weekly.window_minutes" 10080
    And the journal snapshots reads
      | phase  | 5h | weekly | source |
      | before | 11 | 24     | manual |

  Scenario: --set overrides one meter of a pane
    Given a Codex pane with 5h 11% resets 13:10, weekly 24%
    When I pipe the pane into "bin/snapshot start codex --set 5h=37.5" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 37.5%, weekly 24% (ID)"
    And row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T13:10:00Z
    And the journal snapshots reads
      | 5h   | weekly | source       |
      | 37.5 | 24     | stdin+manual |

  Scenario: --set supplies a number that the pane cut off
    Given the pane
      """
      5h limit:     [█░░░░░░░░░]  (resets 13:10)
      Weekly limit: [██░░░░░░░░] 24% used (resets 07:30 on 26 Nov)
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h -, weekly 24% [insufficient-data:5h] (ID)"
    When I pipe the pane into "bin/snapshot start codex --set 5h=12" at 09:01
    Then it prints "BEFORE W0-CHN main codex: 5h 12%, weekly 24% (ID)"
    And the journal snapshots reads
      | 5h   | weekly | errors               |
      | null | 24     | insufficient-data:5h |
      | 12   | 24     |                      |

  Scenario Outline: An invalid setting: <setting>
    When I run "bin/snapshot start codex --set <setting>" at 09:00
    Then it exits with 2 and says
      """
      snapshot: --set '<setting>' is not METER=PERCENT, such as 5h=11 (0 to 100, used)
      """
    And nothing was created

    Examples:
      | setting   |
      | 5h        |
      | 5h=       |
      | =11       |
      | 5h=101    |
      | 5h=-1     |
      | 5h=nan    |
      | 5h=eleven |
