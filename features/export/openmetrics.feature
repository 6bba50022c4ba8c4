Feature: Gauges for Prometheus

  `export openmetrics` prints text that Prometheus and OpenMetrics both read, or writes a file for
  node_exporter's textfile collector.

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11% resets 13:10
    And agents used
      | agent | at    | tool   | session | model           | input | output |
      | ada   | 09:10 | claude | s1      | claude-opus-4-5 | 100   | 10     |

  Scenario: Limits by account, and when they reset
    When I run "bin/export openmetrics" at 10:00
    Then it prints a line with "burnbook_limit_used_ratio{provider="codex",account="ada",meter="5h"} 0.11"
    And it prints a line with "burnbook_limit_reset_timestamp_seconds{provider="codex",account="ada",meter="5h"} 1795353000"

  Scenario: After a reset a limit has no value until it is read again
    When I run "bin/export openmetrics" at 14:00
    Then it prints no line with "burnbook_limit_used_ratio"
    And it prints a line with "burnbook_limit_reset_timestamp_seconds{provider="codex",account="ada",meter="5h"} 1795353000"

  Scenario: Tokens by kind
    When I run "bin/export openmetrics" at 10:00
    Then it prints a line with "model="claude-opus-4-5",agent="ada",account="",kind="input"} 100"
    And it prints a line with "model="claude-opus-4-5",agent="ada",account="",kind="output"} 10"
    And it prints no line with "s1"

  Scenario: A file is replaced in one step
    When I run "bin/export openmetrics burnbook.prom" at 10:00
    Then the file burnbook.prom begins with "# HELP burnbook_usage_tokens"
    And it prints a line with "openmetrics: "

  Scenario: It is about the book as it is now
    When I run "bin/export openmetrics --since 7d" at 10:00
    Then it exits with 2 and says "openmetrics has no days; leave out --since and --until"
