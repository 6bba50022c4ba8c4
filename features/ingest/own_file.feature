Feature: of the feed's own file only what is new is read

  The file is known again by what is in it, not by its name, so it may be rotated in any usual way.

  Background:
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |
    And "bin/ingest proxy-telemetry --window W0-CHN" was run

  Scenario: nothing new
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"

  Scenario: new lines alone are read
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    And the cursor of the feed proxy-telemetry has
      | path  | value            |
      | file  | HOME/usage.jsonl |
      | lines | 3                |

  Scenario: a line number in rejects counts from the file's beginning
    Given the log usage.jsonl grows by the line "oops"
    And the log usage.jsonl grows by the requests
      | ts    |
      | 09:30 |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 1"
    And the journal rejects/proxy-telemetry reads
      | line | text     |
      | 3    | oops |

  Scenario: a last line that is only half written waits for its other half
    Given the log usage.jsonl grows by half of the request
      | ts    | rid          |
      | 09:20 | search-index |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"
    Given the log usage.jsonl grows by the other half
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    And row 3 of the journal proxy_telemetry has "rid" search-index

  Scenario: rotated by renaming: the rest of the old file is read, then the new one
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    And the log usage.jsonl was renamed to usage.jsonl.1
    And the log usage.jsonl with the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
    And the journal proxy_telemetry reads
      | rid           |
      | login-form    |
      | csv-export    |
      | search-index  |
      | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"

  Scenario: renamed, and the new file is not there yet
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    And the log usage.jsonl was renamed to usage-1122.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    Given the log usage.jsonl with the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    And the journal proxy_telemetry has 4 rows

  Scenario: rotated by copying and emptying
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    And the log usage.jsonl was copied to usage.jsonl.1 and emptied
    And the log usage.jsonl grows by the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
    And the journal proxy_telemetry has 4 rows

  Scenario: emptied, with no copy
    Given the log usage.jsonl was emptied
    And the log usage.jsonl grows by the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"

  Scenario: emptied, and longer than before when it is read again
    Given the log usage.jsonl was emptied
    And the log usage.jsonl grows by the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
      | 09:40 | checkout-flow |
      | 09:50 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 3, duplicates 0, rejected 0"

  Scenario: where the state is gone, the file is read again, and no row doubles
    Given the file state/.feeds/proxy-telemetry.json of the book is gone
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 2, rejected 0"
    And the journal proxy_telemetry has 2 rows

  Scenario: strict: a bad line holds everything behind the last call back, and the next call finds it again
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    And the log usage.jsonl grows by the line "oops"
    When I run "bin/ingest proxy-telemetry --window W0-CHN --strict"
    Then it exits with 65 and says
      """
      ingest: line 4 of HOME/usage.jsonl: not JSON: invalid character at byte 0; nothing booked
      (--strict)
      """
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 1"
