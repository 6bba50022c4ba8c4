Feature: The block Snapshots

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges |        |

  Scenario: Notes on snapshots are shown
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --agent ada --notes 'fresh start'" at 09:00
    And I run "bin/preview --window W0-CHN --block outcome"
    Then it prints
      """
      Outcome
      ada codex before: fresh start
      """

  Scenario: Only the last snapshots are listed
    Given the config file preview.toml says
      """
      blocks    = ["snapshots"]
      snapshots = 2
      """
    And the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 10:00 | ada   | codex    | before | W0-CHN | 12% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When I run "bin/preview --window W0-CHN"
    Then it prints
      """
      Snapshots
        when              agent  provider  phase   source  errors
        2026-11-22 10:00  ada    codex     before  stdin
        2026-11-22 12:30  ada    codex     after   stdin
      and 1 earlier
      """
