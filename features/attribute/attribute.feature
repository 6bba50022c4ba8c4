Feature: What tokens became

  Background:
    Given the repository app
    And the config declares the repository app, also in /srv/*
    And at 08:00, app has the commit
      """
      Start
      """
    And at 10:00, app has the commit
      """
      Add pages (#12)

      Fixes #3
      """
    And agents used
      | at    | session | input | output | ran               | project  |
      | 09:40 | s1      | 100   | 10     |                   | /srv/api |
      | 09:59 | s1      | 200   | 20     | git commit -m one | /srv/api |
      | 09:50 | s2      | 1000  | 100    |                   | /srv/api |
      | 11:00 | s1      | 30    | 3      |                   | /srv/api |
      | 11:00 | s3      | 60    | 6      |                   | /home/x  |

  Scenario: The answer first, then a row for each commit, and why the rest is unattributed
    When I run "bin/attribute"
    Then it prints
      """
      94% of 1,529 tokens became 1 commit (22% grade A) in 1 pull request
      What is left of their lines after 30 days is not known: no commit is 30 days old; 10 are needed.

      By commit
        commit        title            tokens   USD    A    B  C  lines left
        94fc46b22a    Add pages (#12)   1,430  0.01  23%  77%  -         4/4
        unattributed                       99  0.00    -    -  -           -
        total                           1,529  0.01  22%  72%  -           -
      Unattributed: 66 tokens in no repository of this machine.
      Unattributed: 33 tokens with no commit soon enough after them.
      """
    And nothing was written

  Scenario: Pull requests and issues, whose shares sum to the total
    When I run "bin/attribute --by pr --format json"
    Then the JSON rows at "rows" are
      | repository | pr   | title     | requests | tokens | grades.A | grades.B | grades.none |
      | app        | 12   | Add pages | 3        | 1430   | 330      | 1100     | 0           |
      | null       | null |           | 2        | 99     | 0        | 0        | 99          |
    And the JSON value at "totals.tokens" is 1529
    And the JSON value at "lasting.attributed.survival_7d.reason" is no commit is 7 days old; 10 are needed
    When I run "bin/attribute --by issue"
    Then it prints a line with "#3"

  Scenario: A comment for a pull request
    When I run "bin/attribute --pr 12 --format markdown"
    Then it prints
      """
      ### #12 Add pages: 1,430 tokens, $0.01 at list prices

      Issues: #3

      | commit | tokens | grade | lines left |
      | --- | ---: | --- | ---: |
      | 94fc46b22a Add pages (#12) | 1,430 | A 23%, B 77% | 4 of 4 |

      | agent | model | tokens | cost |
      | --- | --- | ---: | ---: |
      | main | claude-opus-4-5 | 1,430 | $0.01 at list prices |

      _A: the session ran the commit. B: the same branch, within a day. C: the same repository, within eight hours._
      """

  Scenario: What is wrong is one sentence
    When I run "bin/attribute --pr 99"
    Then it exits with 66 and says "no commit names pull request '99'; fetch the repository, or name it by --repo"
    When I run "bin/attribute --repo /nowhere"
    Then it exits with 66 and says "--repo '/nowhere': there is no git repository"
    When I run "bin/attribute --pr 12 --by pr"
    Then it exits with 2 and says "--pr shows the commits of a pull request; leave out --by"

  Scenario: Without git, nothing is known
    Given git is not installed
    When I run "bin/attribute"
    Then it exits with 66 and says "attribute: git is not on PATH; install it"

  Scenario: No program of a repository runs
    Given app would run a program for every file
    When I run "bin/attribute"
    Then no program was run
