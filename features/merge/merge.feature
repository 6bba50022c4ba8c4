Feature: merge adds the rows of other books

  The other book is only read. Rows are added as they are, each once.

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |

  Scenario: A book that does not exist yet
    When I run "bin/merge ../books/of/this/scenario --data-dir other"
    Then it exits with 0
    And the first line is "merged 1 book: 2 rows added"

  Scenario: A second merge
    Given "bin/merge ../books/of/this/scenario --data-dir other" was run
    When I run "bin/merge ../books/of/this/scenario --data-dir other"
    Then the first line is "merged 1 book: nothing new, all 2 rows are here"

  Scenario: A dry run
    When I run "bin/merge ../books/of/this/scenario --data-dir other --dry-run --format json"
    Then the JSON has
      | path    | value |
      | dry_run | true  |
      | added   | 2     |

  Scenario: A corrupt row
    Given in row 2 of the journal snapshots "used_percent":51.0" became "used_percent":15.0"
    When I run "bin/merge ../books/of/this/scenario --data-dir other"
    Then the first line is "merged 1 book: 1 row added"
    And it warns
      """
      merge: ../books/of/this/scenario: 1 corrupt line of snapshots.jsonl not merged; run repair on that book
      """

  Scenario Outline: Not a book: <what>
    When I run "bin/merge <what>"
    Then it exits with <code> and says "<sentence>"
    And the journal snapshots has 2 rows

    Examples:
      | what                     | code | sentence                                                               |
      | nowhere                  | 66   | merge: there is no book at nowhere                                     |
      | ../books/of/this/scenario | 2    | merge: ../books/of/this/scenario is this book itself; name another one |
      | ../config                | 65   | merge: ../config is not a book: it has no journal                      |
