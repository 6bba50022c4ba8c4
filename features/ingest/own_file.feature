Feature: ingest reads only the new lines of a feed's own file

  The file is known again by what is in it, not by its name, so it may be rotated in any usual way.

  Background:
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |
    And "bin/ingest proxy-telemetry --window W0-CHN" was run

  Scenario: Nothing new
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"

  Scenario: Only new lines are read
    Given the log usage.jsonl grows by the requests
      | ts    | rid          |
      | 09:20 | search-index |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    And the cursor of the feed proxy-telemetry has
      | path  | value            |
      | file  | HOME/usage.jsonl |
      | lines | 3                |

  Scenario: Line numbers in rejects count from the start of the file
    Given the log usage.jsonl grows by the line "oops"
    And the log usage.jsonl grows by the requests
      | ts    |
      | 09:30 |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 1"
    And the journal rejects/proxy-telemetry reads
      | line | text     |
      | 3    | oops |

  Scenario: An incomplete last line waits for its rest
    Given the log usage.jsonl grows by half of the request
      | ts    | rid          |
      | 09:20 | search-index |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"
    Given the log usage.jsonl grows by the other half
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"
    And row 3 of the journal proxy_telemetry has "rid" search-index

  Scenario: Without the state the file is read again and nothing doubles
    Given the file state/.feeds/proxy-telemetry.json of the book is gone
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 2, rejected 0"
    And the journal proxy_telemetry has 2 rows

  Scenario: --strict: a bad line stops the call until it is fixed
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
