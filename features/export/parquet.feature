Feature: Parquet files of the journals, and back

  `export parquet DIR` writes typed columns and every line. `import parquet DIR` brings the journals back.

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And agents used
      | agent | at    | tool   | session | model           | input | output |
      | ada   | 09:10 | claude | s1      | claude-opus-4-5 | 100   | 10     |
      | ada   | 09:20 | claude | s1      | claude-opus-4-5 | 50    | 5      |
    And "bin/export parquet export" was run

  Scenario: Nothing is new
    When I run "bin/export parquet export --format json"
    Then the JSON has
      | path     | value |
      | new_rows | 0     |
      | rows     | 3     |

  Scenario: Only new rows are written
    Given Ada ends codex at 12:00 with 5h 51%
    When I run "bin/export parquet export --format json"
    Then the JSON rows at "kinds" are
      | kind        | rows | new | files |
      | agent_usage | 2    | 0   | 1     |
      | snapshots   | 2    | 1   | 2     |
      | usage       | 2    | 0   | 1     |

  Scenario: Lost journals come back
    Given the file agent_usage.jsonl of the book is gone
    And the file snapshots.jsonl of the book is gone
    When I run "bin/import parquet export --format json"
    Then the JSON value at "added" is 3
    And "bin/check" finds nothing

  Scenario: A book that lost its journals does not replace them in an export
    Given the file agent_usage.jsonl of the book is gone
    When I run "bin/export parquet export"
    Then it exits with 65

  Scenario: No object store
    When I run "bin/export parquet s3://bucket/book"
    Then it exits with 2
