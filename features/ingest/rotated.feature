Feature: Rotated log files are read completely

  Background:
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |
    And "bin/ingest proxy-telemetry --window W0-CHN" was run

  Scenario: Renamed: the rest of the old file, then the new one
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

  Scenario: Renamed before the new file exists
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

  Scenario: Copied and truncated
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

  Scenario: Truncated without a copy
    Given the log usage.jsonl was emptied
    And the log usage.jsonl grows by the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"

  Scenario: Truncated, and longer than before at the next read
    Given the log usage.jsonl was emptied
    And the log usage.jsonl grows by the requests
      | ts    | rid           |
      | 09:30 | checkout-flow |
      | 09:40 | checkout-flow |
      | 09:50 | checkout-flow |
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 3, duplicates 0, rejected 0"
