Feature: Repeating a snapshot

  A row's id is made from what it is about, so a script that runs twice books once.

  Background:
    Given Ada starts codex at 09:00 with 5h 11%, weekly 24%

  Scenario: The same pane at the same time adds nothing
    When Ada starts codex at 09:00 with 5h 11%, weekly 24%
    Then it prints "already booked: BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots has 1 row

  Scenario: The same as JSON
    Given a Codex pane with 5h 11%, weekly 24%
    When I pipe the pane into "bin/snapshot start codex --agent ada --format json" at 09:00
    Then the JSON value at "booked.0.new" is false
    And the journal snapshots has 1 row

  Scenario: The same pane a minute later is another snapshot
    When Ada starts codex at 09:01 with 5h 11%, weekly 24%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots has 2 rows
    And every row of the journal snapshots has another id

  Scenario: Of two panes at the same time the last counts
    When Ada starts codex at 09:00 with 5h 12%, weekly 24%
    Then the journal snapshots has 2 rows
    When I run "bin/preview --window W0-CHN --format json" at 09:30
    Then the JSON rows at "meters" are
      | meter  | before |
      | 5h     | 12     |
      | weekly | 24     |

  Scenario: A voided snapshot can be booked again
    Given "bin/undo codex --agent ada" was run
    When Ada starts codex at 09:00 with 5h 11%, weekly 24%
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots reads
      | row      | phase  |
      | snapshot | before |
      | void     |        |
      | snapshot | before |
    And every row of the journal snapshots has another id

  Scenario: Repeating it once more adds nothing
    Given "bin/undo codex --agent ada" was run
    And Ada starts codex at 09:00 with 5h 11%, weekly 24%
    When Ada starts codex at 09:00 with 5h 11%, weekly 24%
    Then it prints "already booked: BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots has 3 rows
