Feature: Lines come from a pipe, a redirected file, --file, or the feed's own file

  Background:
    Given the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |

  Scenario Outline: <how>
    When a shell runs "<command>"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
    And the journal proxy_telemetry reads
      | ts                   | rid        | window |
      | 2026-11-22T09:00:00Z | login-form | W0-CHN |
      | 2026-11-22T09:10:00Z | csv-export | W0-CHN |

    Examples:
      | how                | command                                                                         |
      | a pipe             | tail -n +1 usage.jsonl \| bin/ingest proxy-telemetry --window W0-CHN            |
      | a pipe, said       | cat usage.jsonl \| bin/ingest proxy-telemetry --window W0-CHN --stdin           |
      | a redirected file  | bin/ingest proxy-telemetry --window W0-CHN < usage.jsonl                        |
      | a file             | bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl                   |

  Scenario: The feed's own file if stdin is empty
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"

  Scenario: stdin is preferred to the feed's own file
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the requests
      | ts    | rid          |
      | 09:20 | search-index |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"

  Scenario: --stdin reads stdin even if it is empty
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN --stdin"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"
    And the journal proxy_telemetry has 0 rows

  Scenario: The same rows from every source are booked once
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl"
    Then it prints "proxy-telemetry: accepted 0, duplicates 2, rejected 0"
    When a shell runs "cat usage.jsonl usage.jsonl | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 4, rejected 0"
    And the journal proxy_telemetry has 2 rows

  Scenario: The last line may lack its newline
    When a shell runs "printf %s "$(cat usage.jsonl)" | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"

  Scenario: A byte-order mark, CRLF and blank lines are accepted
    When a shell runs "{ printf '\357\273\277'; sed 's/$/\r/' usage.jsonl; printf '\n \n'; } | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
