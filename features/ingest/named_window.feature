Feature: ingest --window books requests in a window, and moves those that are booked

  Scenario: Requests of a proxy
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, reassigned 8, duplicates 0, rejected 0"
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON value at "matched" is 4
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    When I pipe the pane into "bin/ingest proxy-telemetry"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    And the journal proxy_telemetry has 16 rows
    And "bin/check" finds nothing

  Scenario: And back again
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHP"
    And I run "bin/cost-compare --window W0-CHN"
    Then it exits with 66
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN --format json"
    Then the JSON value at "reassigned" is 8
    And "bin/check" finds nothing
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 8
    When I run "bin/cost-compare --window W0-CHP"
    Then it exits with 66
    And "bin/check" finds nothing

  Scenario: A named window wins over that of the time
    Given Ada starts codex in W0-CHP at 09:00 with 5h 1%
    And the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/preview --window W0-CHP --block proxy"
    Then it prints nothing
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 8

  Scenario: Requests of an agent's log
    Given the file log.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T10:00:00.000Z","sessionId":"s1","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","usage":{"input_tokens":200,"output_tokens":20}}}
      """
    And "bin/ingest claude --file log.jsonl" was run
    When I run "bin/ingest claude --file log.jsonl --window W0-CHN"
    Then it prints "claude: accepted 0, reassigned 1, repeats 0, rejected 0"
    And the journal agent_usage reads
      | input_tokens | window | superseded.input_tokens |
      | 200          |        |                         |
      | 200          | W0-CHN | 200                     |
    When I run "bin/ingest claude --file log.jsonl --window W0-CHN"
    Then it prints "claude: accepted 0, repeats 1, rejected 0"
    When I run "bin/ingest claude --file log.jsonl"
    Then it prints "claude: accepted 0, repeats 1, rejected 0"
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | requests | input_tokens |
      | W0-CHN | 1        | 200          |
    When I run "bin/ingest claude --file log.jsonl --window W0-CHP --format json"
    Then the JSON value at "reassigned" is 1
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | requests | input_tokens |
      | W0-CHP | 1        | 200          |
    And "bin/check" finds nothing

  Scenario: A window that lost the requests of its logs has those of the proxy
    Given Ada starts codex in W0-CHP at 09:00 with 5h 1%
    And the file log.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T10:00:00.000Z","sessionId":"s1","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","usage":{"input_tokens":200,"output_tokens":20}}}
      """
    And "bin/ingest claude --file log.jsonl" was run
    And the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I run "bin/budget W0-CHP --format json"
    Then the JSON value at "budget.used_from" is logs
    When I run "bin/ingest claude --file log.jsonl --window W0-CHN"
    And I run "bin/budget W0-CHP --format json"
    Then the JSON value at "budget.used_from" is feeds
    And the JSON value at "budget.used_tokens" is 121795

  Scenario: A log that grew gives a moved request its new tokens and keeps its window
    Given the file log.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T10:00:00.000Z","sessionId":"s1","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","usage":{"input_tokens":200,"output_tokens":1}}}
      """
    And Ada starts codex in W0-CHP at 09:00 with 5h 1%
    And "bin/ingest claude --file log.jsonl --window W0-CHN" was run
    And the file log.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T10:00:00.000Z","sessionId":"s1","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","usage":{"input_tokens":200,"output_tokens":20}}}
      """
    And "bin/ingest claude --file log.jsonl" was run
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | requests | output_tokens |
      | W0-CHN | 1        | 20            |

  Scenario: The agent's own folders
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T10:00:00.000Z","sessionId":"s1","requestId":"r1","message":{"id":"m1","model":"claude-opus-4-5","usage":{"input_tokens":200,"output_tokens":20}}}
      """
    When I run "bin/ingest claude --window NEW-1"
    Then it prints "claude: accepted 1, repeats 0, rejected 0"
    When I run "bin/preview --window NEW-1 --format json"
    Then the JSON value at "usage.totals.requests" is 1
    When I run "bin/ingest claude --window W0-CHN"
    Then it warns
      """
      ingest: no log has anything new; to book known requests in W0-CHN, give their log with --file
      """
