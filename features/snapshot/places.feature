Feature: Where the book is

  Scenario: --data-dir overrides BURNBOOK_DATA_DIR
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --data-dir another/book" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"
    And the journal snapshots has 0 rows
    When I run "bin/check --data-dir another/book --format json"
    Then the JSON value at "rows.snapshots" is 1

  Scenario Outline: A file exists at the book's path: <command>
    Given a file exists at the book's path
    When I run "<command>" at 09:00
    Then it exits with 74 and says
      """
      <script>: book BOOK is not a directory
      """
    And nothing was written

    Examples:
      | script   | command                             |
      | snapshot | bin/snapshot start codex --set 5h=1 |
      | undo     | bin/undo codex                      |
      | finalize | bin/finalize --window W0-CHN        |
      | preview  | bin/preview --window W0-CHN         |
      | check    | bin/check                           |

  Scenario: Symbolic links in the book are not followed
    Given the journal snapshots is a link to a file of somebody else
    When Ada starts codex at 09:00 with 5h 11%
    Then it exits with 74 and says "BOOK/snapshots.jsonl"
    And the file foreign.jsonl still reads "not ours\n"
