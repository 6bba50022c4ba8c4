Feature: Without --window, start chooses the window

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: In a new book the first declared window
    When Ada starts codex at 09:00 with 5h 11%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11% (ID)"

  Scenario: After a BEFORE the open window
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%
    When Ada starts codex at 09:10 with 5h 12%
    Then it prints "BEFORE W0-CHP ada codex: 5h 12% (ID)"

  Scenario: After an AFTER the next declared window
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-CHP ada codex: 5h 52% (ID)"

  Scenario Outline: After an AFTER of <window>, which is not declared, it is <following>
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

  Scenario: The declared next overrides the number
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

  Scenario: Each agent has its own window
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%
    When Bo starts codex at 09:10 with 5h 12%
    Then it prints "BEFORE W0-CHN bo codex: 5h 12% (ID)"

  Scenario: undo restores the window
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/undo codex --agent ada" was run
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-CHN ada codex: 5h 52% (ID)"
