Feature: No window to choose

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: No window follows
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHP | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHP | 51% |
    When Ada starts codex at 12:40 with 5h 52%
    Then it exits with 2 and says
      """
      snapshot: nothing follows W0-CHP: it has no number at its end; declare its `next`, or name the
      window with --window
      """
    And the journal snapshots has 2 rows

  Scenario: No window is declared
    Given the windows
      | window |
    When Ada starts codex at 09:00 with 5h 11%
    Then it exits with 2 and says
      """
      snapshot: no window is declared in windows.toml; name one with --window
      """
    And the journal snapshots has 0 rows

  Scenario: An undeclared window is booked with a warning
    When Ada starts codex in W0-NEW at 09:00 with 5h 11%
    Then it prints "BEFORE W0-NEW ada codex: 5h 11% (ID)"
    And it warns
      """
      snapshot: window W0-NEW is not declared in windows.toml; booked all the same
      """
    And the journal snapshots reads
      | window | phase  |
      | W0-NEW | before |
