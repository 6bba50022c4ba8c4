Feature: Churn cannot be counted without recorded commits

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |

  Scenario: No commits were recorded
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_start and commit_end: it was not recorded;
      give --commit-start and --commit-end
      """
    And nothing was written

  Scenario: The window is still open
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_end: it was not recorded; give --commit-end
      """

  Scenario: The commits are of another repository
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And the repository other
    And other has the commit alone
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_start and commit_end: it was recorded in repository app;
      give --commit-start and --commit-end
      """

  Scenario: An unknown window
    When I run "bin/churn --window W9 --commit-start begin --commit-end end"
    Then it exits with 66 and says "window W9 is neither declared nor in the book"
