Feature: The repository whose commits are recorded

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |

  Scenario: Finalize in another repository does not count for this one
    Given the repository other
    And other has the commit alone
    And the current directory is nowhere
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And the current directory is other
    And "bin/finalize --window W0-CHN" was run
    And the current directory is app
    When I run "bin/churn --window W0-CHN --commit-start begin"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_end: it was recorded in repository other;
      give --commit-end
      """

  Scenario: A linked worktree is the same repository
    Given git worktree add --quiet ../elsewhere was run in app
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And the current directory is elsewhere
    And elsewhere has the commit aside
      | file | lines |
      | list | two   |
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | repository | commit_start | commit_end | insertions |
      | app        | begin        | aside      | 1          |

  Scenario: Packed branches, and a branch with a slash
    Given git checkout --quiet -b feature/x was run in app
    And git pack-refs --all was run in app
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then row 1 of the journal snapshots has "commits.app" begin

  Scenario: Outside a repository nothing is recorded
    Given the current directory is nowhere
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it prints no message
    And the journal snapshots reads
      | phase  | commits |
      | before |         |
