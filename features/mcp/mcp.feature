Feature: Agents see what is left

  `mcp` is a server of the Model Context Protocol on stdin and stdout. Its tools only read.

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11% resets 13:10

  Scenario: What is left of a limit, and when it resets
    When an agent calls meters at 10:00
    Then the JSON rows at "limits" are
      | provider | account | meter | used_percent | left_percent | resets_in_seconds | reason |
      | codex    | ada     | 5h    | 11           | 89           | 11400             | null   |

  Scenario: After the reset, nothing is known until somebody looks
    When an agent calls meters at 14:00
    Then the JSON rows at "limits" are
      | meter | used_percent | left_percent | resets_in_seconds | reason      |
      | 5h    | null         | null         | null              | reset-since |

  Scenario: The answer of a tool is the JSON of its command
    Given agents used
      | agent | at    | tool   | model           | input | output |
      | ada   | 09:10 | claude | claude-opus-4-5 | 100   | 10     |
      | ada   | 09:20 | claude | claude-opus-4-5 | 200   | 20     |
    When an agent calls usage with {"report": "model"} at 10:00
    Then the JSON rows at "rows" are
      | period          | requests | total_tokens |
      | claude-opus-4-5 | 2        | 330          |
    And the JSON value at "totals.total_tokens" is 330

  Scenario: What is left out is counted
    Given agents used
      | agent | at               | tool   | input |
      | ada   | 2026-11-20 09:10 | claude | 1     |
      | ada   | 2026-11-21 09:10 | claude | 2     |
      | ada   | 2026-11-22 09:10 | claude | 3     |
    When an agent calls usage with {"limit": 1} at 10:00
    Then the JSON rows at "rows" are
      | period     |
      | 2026-11-22 |
    And the JSON value at "left_out.rows" is 2

  Scenario: A wrong call is one sentence
    When an agent calls budget with {"window": "W9"} at 10:00
    Then the tool fails with "window W9 is neither declared nor in the book; valid: W0-CHN, W0-CHP, W0-CHQ"
    When an agent calls usage with {"limit": 0} at 10:00
    Then the tool fails with "wrong arguments of usage: Expected `int` >= 1 - at `$.limit`"
