Feature: What identifies a project is replaced, and the figures stay

  Background:
    Given agents used
      | at    | session | project     | branch | input | output |
      | 09:00 | s-one-1 | /srv/secret | acme   | 100   | 10     |
      | 09:05 | s-one-1 | /srv/secret | main   | 200   | 20     |
      | 09:10 | s-two-2 | /srv/public | main   | 400   | 40     |

  Scenario: Without --yes it shows what it would replace
    When I run "bin/forget --project /srv/secret"
    Then the first line is "would replace project /srv/secret in 2 rows and 0 files; --yes does it"
    And row 1 of the journal agent_usage has "project" /srv/secret

  Scenario: With --yes the project, its sessions and its own branches have pseudonyms
    When I run "bin/forget --project /srv/secret --yes"
    Then it prints a line with "replaced project /srv/secret in 2 rows and 0 files, now forgotten-"
    And no file of the book contains "secret"
    And no file of the book contains "s-one-1"
    And no file of the book contains "acme"
    And row 2 of the journal agent_usage has "branch" main
    And row 3 of the journal agent_usage has "project" /srv/public
    When I run "bin/check"
    Then it prints a line with "ok: "

  Scenario: Reports have the same sums
    Given "bin/forget --project /srv/secret --yes" was run
    When I run "bin/usage project --format json"
    Then the JSON rows at "rows" are
      | total_tokens |
      | 440          |
      | 330          |

  Scenario: Again, nothing is left
    Given "bin/forget --project /srv/secret --yes" was run
    When I run "bin/forget --project /srv/secret --yes"
    Then it prints "nothing in the book has project /srv/secret"

  Scenario: A word is replaced wherever it is
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And "bin/undo codex --agent ada --notes 'wrong pane of Acme'" was run
    When I run "bin/forget --text acme --yes"
    Then it prints a line with "replaced the word 'acme' in 2 rows and 0 files"
    And no file of the book contains "Acme"

  Scenario: What is to be forgotten must be named
    When I run "bin/forget --yes"
    Then it exits with 2 and says "nothing is named; give --project, --account, --session or --text"
