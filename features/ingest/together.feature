Feature: Simultaneous ingests book each row once

  Scenario: The same log twice at once
    Given the log usage.jsonl with the requests
      | ts    | rid          |
      | 09:00 | login-form   |
      | 09:10 | csv-export   |
      | 09:20 | search-index |
    When two shells run "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl --format json" at once
    Then the JSON values at accepted add up to 3
    And the JSON values at duplicates add up to 3
    And the journal proxy_telemetry has 3 rows
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 3

  Scenario: The feed's own file twice at once
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the log usage.jsonl with the requests
      | ts    | rid          |
      | 09:00 | login-form   |
      | 09:10 | csv-export   |
    When two shells run "bin/ingest proxy-telemetry --window W0-CHN --format json" at once
    Then the JSON values at accepted add up to 2
    And the journal proxy_telemetry has 2 rows
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"
