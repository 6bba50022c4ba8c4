Feature: Several repositories

  Background:
    Given the repository app
    And app has the commit app-begin
      | file | lines |
      | list | one   |
    And the repository site
    And site has the commit site-begin
      | file | lines |
      | page | one   |
    And the config declares the repositories app and site

  Scenario: Each has its own commits, wherever the command runs
    Given the current directory is nowhere
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit app-end
      | file | lines   |
      | list | one two |
    And site has the commit site-end
      | file         | lines   |
      | page         | other   |
      | test_page.py | x       |
    And "bin/finalize --window W0-CHN --features codex=2" was run
    When I run "bin/churn --window W0-CHN"
    Then it prints the lines
      """
      CHURN W0-CHN: +3 -1, net +2 (ID)
      Features: 2, per feature: 2
      repository  from        to        commits  files  binary  excluded  new tests  insertions  deletions
      app         app-begin   app-end   1        1      0       0         0          1           0
      site        site-begin  site-end  1        2      0       0         1          2           1
      all                               2        3      0       0         1          3           1
      """
    And the journal windows reads
      | commit_start | commit_end | commits.app.end | commits.site.start |
      | null         | null       | app-end         | site-begin         |

  Scenario: Given commits are about the current repository
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit app-end
    And site has the commit site-middle
    And site has the commit site-end
    And the current directory is site
    And "bin/finalize --window W0-CHN --commit-end site-middle" was run
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | repository | commit_start | commit_end  |
      | app        | app-begin    | app-end     |
      | site       | site-begin   | site-middle |
    When I run "bin/churn --window W0-CHN --commit-start site-middle --commit-end site-end"
    Then the churn of W0-CHN is
      | repository | commit_start | commit_end |
      | app        | app-begin    | app-end    |
      | site       | site-middle  | site-end   |
    Given the current directory is nowhere
    When I run "bin/churn --window W0-CHN --commit-start site-middle"
    Then it exits with 2 and says
      """
      churn: the commits do not say which repository they are in; run this inside one of app, site
      """

  Scenario: A repository without commits in the window is named
    Given the current directory is app
    When I run "bin/churn --window W0-CHN --commit-start app-begin --commit-end HEAD"
    Then it warns
      """
      churn: repository site is skipped: it has no commit range for W0-CHN; give --commit-start and --commit-end in it
      """
    And the churn of W0-CHN is
      | repository |
      | app        |

  Scenario: A missing repository stops the count but not a snapshot
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And the config declares the repositories app and gone
    When I run "bin/churn --window W0-CHN --commit-start app-begin --commit-end HEAD"
    Then it exits with 66 and says
      """
      churn: churn.toml: repository gone does not exist
      """
    When Ada ends codex in W0-CHN at 12:00 with 5h 20%
    Then it warns
      """
      snapshot: churn.toml: repository gone does not exist; its commit is not recorded
      """
