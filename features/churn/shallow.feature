Feature: Churn in a shallow clone

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |

  Scenario: The start is outside the history
    Given app was cloned to copy with the last commit alone
    And copy has the commit more
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end more"
    Then it exits with 66 and says
      """
      churn: commit 'begin' is not in repository copy; it is a shallow clone,
      run `git fetch --unshallow`
      """
    When I run "bin/churn --window W0-CHN --commit-start HEAD~1 --commit-end HEAD"
    Then the churn of W0-CHN is
      | commit_start | commit_end | commits |
      | end          | more       | 1       |

  Scenario: A parent of a merge is outside the history
    Given git checkout --quiet -b side begin was run in app
    And app has the commit aside
    And git checkout --quiet main was run in app
    And git merge --quiet --no-edit side was run in app
    And git clone --quiet --depth=2 file://HOME/app copy was run in .
    And the current directory is copy
    When I run "bin/churn --window W0-CHN --commit-start HEAD~1 --commit-end HEAD"
    Then it exits with 66 and says "churn: repository copy lacks part of the history "
