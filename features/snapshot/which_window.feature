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

  Scenario: The first BEFORE of an agent is in the window that is open for the others
    Given Ada starts codex in W0-CHP at 09:00 with 5h 11%
    When Bo starts codex at 09:10 with 5h 12%
    Then it prints "BEFORE W0-CHP bo codex: 5h 12% (ID)"

  Scenario: An agent that joins after a window was finalized is in the next one
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex at 12:00 with 5h 20%
    And "bin/finalize --window W0-CHN --outcome pass --at 2026-11-22T12:10Z" was run
    When Bo starts codex at 13:00 with 5h 22%
    Then it prints "BEFORE W0-CHP bo codex: 5h 22% (ID)"

  Scenario: An agent that joins after a missed reset begins the next window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When Bo starts codex at 2026-11-23 09:00 with 5h 12%
    Then it prints "BEFORE W0-CHP bo codex: 5h 12% (ID)"
    When Ada starts codex at 2026-11-23 09:30 with 5h 12%
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 12% (ID)
      BEFORE W0-CHP ada codex: 5h 12% (ID)
      """

  Scenario: With a second provider an agent stays in its own window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Bo starts codex in W0-CHP at 09:10 with 5h 12%
    When Ada starts claude at 09:20 with session 3%
    Then it prints "BEFORE W0-CHN ada claude: session 3% (ID)"

  Scenario: In a new book a window that has ended is not begun
    Given the windows
      | window | next   | ends                |
      | W0-CHN | W0-CHP | 2026-11-22T08:00:00 |
      | W0-CHP |        |                     |
    When Ada starts codex at 09:00 with 5h 11%
    Then it prints "BEFORE W0-CHP ada codex: 5h 11% (ID)"

  Scenario: undo restores the window
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |
    And "bin/undo codex --agent ada" was run
    When Ada starts codex at 12:40 with 5h 52%
    Then it prints "BEFORE W0-CHN ada codex: 5h 52% (ID)"
