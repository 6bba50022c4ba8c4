Feature: Each recipe does what its script does

  Every recipe is one script; those that write hold a lock for their agent.

  Background:
    Given a Codex pane with 5h 11%, weekly 24%

  Scenario: start, end and undo
    When I pipe the pane into "just start codex --agent ada --stdin" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    Given a Codex pane with 5h 51%, weekly 31%
    When I pipe the pane into "just end codex --agent ada" at 12:30
    Then it prints "AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)"
    When I run "just undo codex --agent ada"
    Then it prints "undone: AFTER of codex for ada in W0-CHN, taken 2026-11-22 12:30 (ID)"

  Scenario: The recipe and the script book the same row
    When I pipe the pane into "bin/snapshot start codex --window W0-CHN" at 09:00
    And I pipe the pane into "just start codex --window W0-CHN" at 09:00
    Then it prints "already booked: BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots has 1 row

  Scenario: cross
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    When I pipe the pane into "just cross codex --agent ada" at 12:30
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 11%, weekly 24% (ID)
      BEFORE W0-CHP ada codex: 5h 11%, weekly 24% (ID)
      """

  Scenario: finalize, preview and check
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 13:10 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 13:10 |
    When I run "just finalize --window W0-CHN --features codex=3 --notes 'two words'"
    Then it prints the lines
      """
      W0-CHN finalized: 1 anomaly (ID)
      """
    And row 1 of the journal windows has "notes" two words
    When I run "just preview --window W0-CHN --format json"
    Then the JSON value at "anomalies" is 1
    When I run "just check"
    Then the first line is "ok: 4 rows verified (snapshots 2, windows 1, anomalies 1)"

  Scenario: aliases
    When I run "just aliases --only o --format json"
    Then the JSON begins with the keys os, oe, ox, od
