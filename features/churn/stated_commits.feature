Feature: Commits that finalize was given

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |

  Scenario: Repeating finalize keeps the commits
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN" was run
    And app has the commit later
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows has 1 row
    When I run "bin/finalize --window W0-CHN --outcome pass"
    Then row 2 of the journal windows has "commit_end" begin
    When I run "bin/finalize --window W0-CHN --commit-end later"
    Then row 3 of the journal windows has "commits.app.end" later
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end | commits |
      | begin        | later      | 1       |

  Scenario: A branch means the commit that it had at that time
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit end
    And "bin/finalize --window W0-CHN --commit-start HEAD~1 --commit-end HEAD" was run
    And app has the commit later
    Then the journal windows reads
      | commit_start | commit_end | commits.app.start | commits.app.end |
      | HEAD~1       | HEAD       | begin             | end             |
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end |
      | begin        | end        |

  Scenario: Commits given outside a repository are looked up in the counted one
    Given app has the commit end
    And the current directory is nowhere
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN --commit-start begin --commit-end end" was run
    And the current directory is app
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end |
      | begin        | end        |

  Scenario: An unknown commit is booked with a note
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And Ada ends codex in W0-CHN at 10:00 with 5h 10%
    When I run "bin/finalize --window W0-CHN --commit-end typo"
    Then it warns
      """
      finalize: commit 'typo' is not in repository app, or the name is ambiguous;
      booked as given
      """
    And row 1 of the journal windows has "commit_end" typo
