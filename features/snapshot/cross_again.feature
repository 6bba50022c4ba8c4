Feature: Crossing again

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: The same pane at the same time adds nothing
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex in W0-CHN at 12:30 with 5h 51%, weekly 31%
    When Ada crosses codex in W0-CHN at 12:30 with 5h 51%, weekly 31%
    Then it prints
      """
      already booked: AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)
      already booked: BEFORE W0-CHP ada codex: 5h 51%, weekly 31% (ID)
      """
    And the journal snapshots has 3 rows

  Scenario: The same without a window
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    When Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    Then it prints
      """
      already booked: AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)
      already booked: BEFORE W0-CHP ada codex: 5h 51%, weekly 31% (ID)
      """
    And the journal snapshots has 3 rows

  Scenario: A retry with the same pane shortly after
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    When Ada crosses codex at 12:34 with 5h 51%, weekly 31%
    Then it prints
      """
      already booked: AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)
      already booked: BEFORE W0-CHP ada codex: 5h 51%, weekly 31% (ID)
      """
    And it warns
      """
      snapshot: this pane has crossed into W0-CHP already; --window W0-CHP crosses out of it
      """
    And the journal snapshots has 3 rows

  Scenario Outline: A crossing of its own: <what>
    Given Ada starts codex in W009 at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    When Ada crosses codex at <at> with 5h <percent>, weekly 31%
    Then it prints
      """
      AFTER W010 ada codex: 5h <percent>, weekly 31% (ID)
      BEFORE W011 ada codex: 5h <percent>, weekly 31% (ID)
      """

    Examples:
      | what                              | at    | percent |
      | with another pane                 | 12:34 | 52%     |
      | when the panes do not lag anymore | 12:35 | 51%     |

  Scenario: Other numbers at the same time replace the first ones
    Given Ada starts codex in W009 at 09:00 with 5h 11%, weekly 24%
    And Ada crosses codex at 12:30 with 5h 51%, weekly 31%
    When Ada crosses codex at 12:30 with 5h 52%, weekly 31%
    Then it prints
      """
      AFTER W009 ada codex: 5h 52%, weekly 31% (ID)
      BEFORE W010 ada codex: 5h 52%, weekly 31% (ID)
      """
