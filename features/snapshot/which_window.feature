Feature: find the window where none is named

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: in a new book it is the first that is declared
    When Ada starts codex at 09:00 with 5h 11%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11% (ID)"

  Scenario: after a BEFORE it is the window that is open
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%
    When Ada starts codex at 09:10 with 5h 12%
    Then it prints "BEFORE W0-CHP ada codex: 5h 12% (ID)"

  Scenario: after an AFTER it is the next one of the config
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-CHP ada codex: 5h 52% (ID)"

  Scenario Outline: after an AFTER of <window>, which is not declared, it is <following>
    Given the snapshots
      | at    | agent | provider | phase  | window   | 5h  |
      | 09:00 | ada   | codex    | before | <window> | 11% |
      | 12:30 | ada   | codex    | after  | <window> | 51% |
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE <following> ada codex: 5h 52% (ID)"

    Examples: the number at the end plus one, with its zeros
      | window     | following  |
      | W009       | W010       |
      | W099       | W100       |
      | W9         | W10        |
      | 2026-W46.1 | 2026-W46.2 |

  Scenario: the configured next wins over the number
    Given the windows
      | window | next  |
      | W009   | W0-X  |
      | W0-X   |       |
    And the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W009   | 11% |
      | 12:30 | ada   | codex    | after  | W009   | 51% |
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-X ada codex: 5h 52% (ID)"

  Scenario: after the last window, which has neither
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

  Scenario: where no window is declared
    Given the windows
      | window |
    When Ada starts codex at 09:00 with 5h 11%
    Then it exits with 2 and says
      """
      snapshot: no window is declared in windows.toml; name one with --window
      """
    And the journal snapshots has 0 rows

  Scenario: a window that is not declared is booked, with a note
    When Ada starts codex in W0-NEW at 09:00 with 5h 11%
    Then it prints "BEFORE W0-NEW ada codex: 5h 11% (ID)"
    And it notes
      """
      snapshot: window W0-NEW is not declared in windows.toml; booked all the same
      """
    And the journal snapshots reads
      | window | phase  |
      | W0-NEW | before |

  Scenario: each agent has a window of its own
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%
    When Bo starts codex at 09:10 with 5h 12%
    Then it prints "BEFORE W0-CHN bo codex: 5h 12% (ID)"

  Scenario: undo gives the window back
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/undo codex --agent ada" was run
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-CHN ada codex: 5h 52% (ID)"
