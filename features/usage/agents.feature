Feature: Usage by agent, which is AGENT_ID, and by tool, which is the CLI

  Scenario: Two agents with the same tool
    Given agents used
      | agent | tool   | at    | input | output |
      | ada   | claude | 09:00 | 100   | 0      |
      | bo    | claude | 09:05 | 10    | 0      |
      | bo    | codex  | 09:10 | 1     | 0      |
    When I run "bin/usage agent --format json"
    Then the JSON rows at "rows" are
      | period | tool   | total_tokens |
      | ada    | claude | 100          |
      | bo     | claude | 10           |
      | bo     | codex  | 1            |
    When I run "bin/usage tool --format json"
    Then the JSON rows at "rows" are
      | period | tool   | total_tokens |
      | claude | claude | 110          |
      | codex  | codex  | 1            |

  Scenario: A request of which another agent reads more later stays with the first
    Given agents used
      | agent | at    | input | output |
      | ada   | 09:00 | 100   | 1      |
    And agents used
      | agent | at    | input | output |
      | bo    | 09:00 | 100   | 50     |
    When I run "bin/usage agent --format json"
    Then the JSON rows at "rows" are
      | period | requests | total_tokens |
      | ada    | 1        | 150          |
    When I run "bin/check"
    Then it exits with 0
