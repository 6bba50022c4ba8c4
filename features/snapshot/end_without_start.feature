Feature: end without a BEFORE is refused

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%

  Scenario: No BEFORE of this agent
    When Bo ends codex at 12:30 with 5h 51%, weekly 31%
    Then it exits with 66 and says
      """
      snapshot: no BEFORE of codex for bo in this book; nothing booked
      (snapshot start codex books one)
      """
    And the journal snapshots has 1 row

  Scenario: No BEFORE of this provider
    When Ada ends claude at 12:30 with session 22%, week 17%
    Then it exits with 66 and says "no BEFORE of claude for ada in this book; nothing booked"
    And the journal snapshots has 1 row

  Scenario: No BEFORE in this window
    When Ada ends codex in W0-CHP at 12:30 with 5h 51%, weekly 31%
    Then it exits with 66 and says
      """
      snapshot: no BEFORE of codex for ada in W0-CHP; nothing booked
      (snapshot start codex --window W0-CHP books one)
      """
    And the journal snapshots has 1 row

  Scenario: The BEFORE was voided
    Given "bin/undo codex --agent ada" was run
    When Ada ends codex at 12:30 with 5h 51%, weekly 31%
    Then it exits with 66 and says "no BEFORE of codex for ada in this book; nothing booked"
    And the journal snapshots has 2 rows
