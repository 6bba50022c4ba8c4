Feature: Requests that are booked before their window begins get it when it begins

  Scenario: Of a proxy
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I run "bin/cost-compare --window W0-CHN"
    Then it exits with 66
    Given Ada starts codex in W0-CHN at 09:00 with 5h 1%
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON value at "matched" is 4
    When I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 8
    And "bin/check" finds nothing

  Scenario: Of an agent's log
    Given agents used
      | at    | input | output |
      | 08:00 | 10    | 1      |
      | 10:00 | 200   | 20     |
    When I run "bin/preview --window W0-CHN --block usage"
    Then it prints nothing
    Given Ada starts codex in W0-CHN at 09:00 with 5h 1%
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | input_tokens |
      | W0-CHN | 200          |
      | null   | 10           |
    And "bin/check" finds nothing

  Scenario: A voided BEFORE gives them back
    Given agents used
      | at    | input |
      | 10:00 | 200   |
    And Ada starts codex in W0-CHN at 09:00 with 5h 1%
    And "bin/undo codex --agent ada" was run
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | input_tokens |
      | null   | 200          |

  Scenario: A window begins at the reset, not when its pane was captured
    Given agents used
      | at               | input |
      | 2026-11-23 00:00 | 1     |
      | 2026-11-23 00:01 | 20    |
      | 2026-11-23 00:05 | 300   |
    And Ada starts codex in W0-CHN at 09:00 with 5h 1%
    And Ada crosses codex at 2026-11-23 00:06 with 5h 1%
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | input_tokens |
      | W0-CHP | 320          |
      | W0-CHN | 1            |

  Scenario: Agents with windows of their own at the same time
    Given Ada starts codex in W0-CHN at 09:00 with 5h 1%
    And Bo starts claude in X1 at 10:00 with session 1%
    And the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --agent ada"
    And I run "bin/preview --window W0-CHN --format json"
    Then the JSON value at "subagent_proxy.requests" is 8
    When I pipe the pane into "bin/ingest proxy-telemetry --agent bo"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    When I run "bin/cost-compare --window X1"
    Then it exits with 66

  Scenario: An agent without a window of its own has the one that began last
    Given Ada starts codex in W0-CHN at 09:00 with 5h 1%
    And Bo starts claude in X1 at 10:00 with session 1%
    And the requests
      | ts    | rid |
      | 09:30 | a   |
      | 10:30 | b   |
    When I pipe the pane into "bin/ingest proxy-telemetry --agent cy"
    And I run "bin/preview --window X1 --format json"
    Then the JSON value at "subagent_proxy.requests" is 1
