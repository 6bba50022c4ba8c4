Feature: A checkpoint before the end counts the commits so far

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit middle
      | file | lines   |
      | list | one two |

  Scenario: From BEFORE's commit to HEAD
    When I run "bin/checkpoint W0-CHN --phase mid" at 10:00
    Then it prints the lines
      """
      churn: +1 -0 in 1 file
      """
    And the journal churn reads
      | window | ranges.0.commit_start | ranges.0.commit_end | ranges.0.commits |
      | W0-CHN | begin                 | middle              | 1                |

  Scenario: A later checkpoint counts the later commits too
    Given "bin/checkpoint W0-CHN --phase mid --at 2026-11-22T10:00Z" was run
    And app has the commit end
      | file | lines         |
      | list | one two three |
    When I run "bin/checkpoint W0-CHN --phase mid --actual 5" at 11:00
    Then it prints the lines
      """
      churn: +2 -0 in 1 file
      """

  Scenario: The churn of a checkpoint before the last commit is not the churn of the window
    Given "bin/checkpoint W0-CHN --phase mid --at 2026-11-22T10:00Z" was run
    And app has the commit end
      | file | lines         |
      | list | one two three |
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    And "bin/finalize W0-CHN --outcome pass" was run
    When I run "bin/decide W0-CHN" at 13:00
    Then it prints the lines
      """
      SOFT GO W0-CHN
      the churn of W0-CHN in app is counted up to middle, not to the last commit; run `churn W0-CHN`
      W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      """
    Given "bin/churn W0-CHN" was run
    When I run "bin/decide W0-CHN" at 13:00
    Then it prints no line with "the last commit"

  Scenario: The decision comes with its reasons
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then it prints the lines
      """
      decision: NO-GO
        W0-CHN is not finalized; run `finalize W0-CHN`
        W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      """
    When I run "bin/bundle W0-CHN" at 10:01
    Then it prints the lines
      """
      W0-CHN is not finalized; run `finalize W0-CHN`
      W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      """
