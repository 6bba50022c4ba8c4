Feature: The sample log: four features, routed and baseline, with one error

  Background:
    Given the lines of samples/telemetry/usage.jsonl

  Scenario: Eight rows
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 8, duplicates 0, rejected 0"
    And the journal proxy_telemetry reads
      | window | source          | agent | rid           | lane     | model             | routed | ok    |
      | W0-CHN | proxy-telemetry | main  | checkout-flow | baseline | claude-sonnet-4-5 | false  | true  |
      | W0-CHN | proxy-telemetry | main  | checkout-flow | glm      | glm-4.6           | true   | true  |
      | W0-CHN | proxy-telemetry | main  | csv-export    | glm      | glm-4.6           | true   | true  |
      | W0-CHN | proxy-telemetry | main  | csv-export    | baseline | claude-sonnet-4-5 | false  | true  |
      | W0-CHN | proxy-telemetry | main  | login-form    | baseline | claude-sonnet-4-5 | false  | true  |
      | W0-CHN | proxy-telemetry | main  | login-form    | glm      | glm-4.6           | true   | false |
      | W0-CHN | proxy-telemetry | main  | search-index  | glm      | glm-4.6           | true   | true  |
      | W0-CHN | proxy-telemetry | main  | search-index  | baseline | claude-sonnet-4-5 | false  | true  |
    And only its owner can read the book
    When I run "bin/check"
    Then the first line is "ok: 8 rows verified (proxy_telemetry 8)"

  Scenario: Reading it twice gives eight rows
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    And the journal proxy_telemetry has 8 rows

  Scenario: Another agent gives the same rows
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN --agent bo"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    And the journal proxy_telemetry has 8 rows

  Scenario: Without the cache
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Given the folder cache of the book is gone
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 8, rejected 0"
    When I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON value at "subagent_proxy.requests" is 8

  Scenario: JSON
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN --format json"
    Then the JSON begins with the keys feed, source, accepted, reassigned, duplicates, rejected, ignored, rejects
    And the JSON has
      | path       | value           |
      | feed       | proxy-telemetry |
      | source     | stdin           |
      | accepted   | 8               |
      | duplicates | 0               |
      | rejected   | 0               |
      | ignored    | 0               |
      | rejects    | null            |

  Scenario: The recipe
    When I pipe the pane into "just ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 8, duplicates 0, rejected 0"
