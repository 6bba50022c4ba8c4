Feature: Reports over the books of several machines

  A book follows others that `sources` in config/books.toml lists. Reports read all of them. Nothing is
  copied, and the followed books are never written.

  Background:
    Given Bo starts claude in W0-CHN at 09:05 with week 20%
    And agents used
      | at    | tool   | agent | model           | input | output |
      | 11:00 | claude | bo    | claude-opus-4-5 | 2000  | 200    |
    And this is the book of laptop
    And Ada starts codex in W0-CHN at 09:00 with weekly 10%
    And agents used
      | at    | tool  | agent | model         | input | output |
      | 10:00 | codex | ada   | gpt-5.2-codex | 1000  | 100    |
    And the book follows laptop

  Scenario: Usage of both machines
    When I run "bin/usage daily --format json"
    Then the JSON has
      | path                 | value |
      | totals.input_tokens  | 3000  |
      | totals.output_tokens | 300   |
    And no file of the book of laptop changed

  Scenario: The preview has the meters of both machines
    When I run "bin/preview W0-CHN --format json" at 12:00
    Then the JSON rows at "meters" are
      | agent | provider | meter           | before |
      | ada   | codex    | weekly          | 10     |
      | bo    | claude   | week-all-models | 20     |

  Scenario: The list of windows
    When I run "bin/windows --format json" at 12:00
    Then the JSON has
      | path             | value   |
      | windows.2.window | W0-CHN  |
      | windows.2.agents | ada, bo |
      | windows.2.tokens | 3300    |

  Scenario Outline: The figures are those of a merge
    Given the output of "<command>" after a merge of both books is kept
    When I run "<command>"
    Then it prints the same, and then that it follows 1 book

    Examples:
      | command                                            |
      | bin/preview W0-CHN --at 2026-11-22T12:00Z          |
      | bin/usage model --at 2026-11-22T12:00Z             |
      | bin/windows --at 2026-11-22T12:00Z                 |
      | bin/budget W0-CHN --at 2026-11-22T12:00Z           |
      | bin/decide W0-CHN --at 2026-11-22T12:00Z           |
      | bin/watch --once --tab days --at 2026-11-22T12:00Z |

  Scenario: The same row in two books counts once
    Given the journals of this book are also those of desktop
    And the book follows laptop and desktop
    When I run "bin/usage daily --format json"
    Then the JSON value at "totals.input_tokens" is 3000
    And it prints no message

  Scenario: What writes, and check, see this book alone
    When I run "bin/check --format json"
    Then the JSON has
      | path             | value |
      | rows.snapshots   | 1     |
      | rows.agent_usage | 1     |
    When I run "bin/checkpoint W0-CHN --plan 5000 --format json" at 12:00
    Then row 1 of the journal checkpoints has "tokens_actual" 1100
    And no file of the book of laptop changed
    When I run "bin/check"
    Then it prints a line with "ok: "

  Scenario: A row that the other machine appends is there at once
    When I run "bin/usage daily --format json"
    Given the pane with the logs
      | at    | tool   | agent | session | model           | input | output |
      | 11:30 | claude | bo    | s2      | claude-opus-4-5 | 5000  | 500    |
    When I run "bin/ingest claude --stdin" in the book of laptop
    And I run "bin/usage daily --format json"
    Then the JSON value at "totals.input_tokens" is 8000

  Scenario: The report and the live view
    When I run "bin/report --out report.html"
    Then it prints a line with "follows 1 book: laptop"
    When I run "bin/watch --once"
    Then it prints a line with "follows 1 book: laptop"

  Scenario: What is forgotten leaves the cache of several books too
    When I run "bin/usage project"
    And I run "bin/forget --project /srv/api --yes"
    Then no file of the book contains "/srv/api"
