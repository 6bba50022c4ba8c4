Feature: The result of an ingest with rejected lines

  Scenario: The message says where the rejected lines are
    Given the log usage.jsonl with the requests
      | ts     |
      | Monday |
      | 09:00  |
    When I run "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl"
    Then it warns
      """
      ingest: rejected lines and the reasons are in BOOK/rejects/proxy-telemetry.jsonl
      """

  Scenario: No usable line
    Given the lines
      """
      oops
      {"rid":"a"}
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it exits with 65, prints "proxy-telemetry: accepted 0, duplicates 0, rejected 2" and warns
      """
      ingest: rejected lines and the reasons are in BOOK/rejects/proxy-telemetry.jsonl
      """
    And the journal proxy_telemetry has 0 rows
    And the journal rejects/proxy-telemetry reads
      | line | reason                                | text        |
      | 1    | not JSON: invalid character at byte 0 | oops    |
      | 2    | no ts                                 | {"rid":"a"} |

  Scenario: --strict books nothing if one line is bad
    Given the requests
      | ts    | lane |
      | 09:00 | glm  |
      | 09:01 | moon |
      | 09:02 | sun  |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN --strict"
    Then it exits with 65 and says
      """
      ingest: line 2 of stdin: lane 'moon' is not one of the feed's: baseline, glm, anthropic, zai, unknown,
      and 1 more; nothing booked (--strict)
      """
    And nothing was written

  Scenario: --strict without a bad line books everything
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN --strict"
    Then it prints "proxy-telemetry: accepted 8, duplicates 0, rejected 0"
