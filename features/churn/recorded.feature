Feature: the commits of a window are recorded

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |

  Scenario: from the first BEFORE to finalize
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit middle
      | file | lines   |
      | list | one two |
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    And app has the commit end
      | file | lines         |
      | list | one two three |
    And "bin/finalize --window W0-CHN --features codex=4,glm=1 --methodology tdd" was run
    Then the journal snapshots reads
      | phase  | commits.app |
      | before | begin       |
      | after  | middle      |
    And the journal windows reads
      | commit_start | commit_end | commits.app.start | commits.app.end |
      | begin        | end        | begin             | end             |
    When I run "bin/churn --window W0-CHN"
    Then it prints the lines
      """
      CHURN W0-CHN: +2 -0, net +2 (ID)
      Features: 5, per feature: 0.4
      app begin end 2 1 0 0 0 2 0
      """
    And row 1 of the journal churn has "methodology" tdd
    When I run "bin/churn --window W0-CHN --provider codex"
    Then it prints the lines
      """
      CHURN W0-CHN codex: +2 -0, net +2 (ID)
      Features: 4, per feature: 0.5
      """
    When I run "bin/churn --window W0-CHN --provider claude"
    Then it prints the lines
      """
      Features: -, per feature: -
      """

  Scenario: no feature was made
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit end
      | file | lines   |
      | list | one two |
    And "bin/finalize --window W0-CHN --features codex=0" was run
    When I run "bin/churn --window W0-CHN"
    Then the journal churn reads
      | insertions | features | normalized_churn |
      | 1          | 0        | null             |

  Scenario: before it is finalized, to the last AFTER
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And Bo starts claude in W0-CHN at 09:30 with session 10%
    And app has the commit middle
    And Ada ends codex in W0-CHN at 11:00 with 5h 20%
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end |
      | begin        | middle     |
    Given app has the commit end
    And Bo ends claude in W0-CHN at 12:00 with session 20%
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end |
      | begin        | end        |

  Scenario: no work counts in two windows
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit middle
    And Ada crosses codex in W0-CHN at 12:00 with 5h 20%
    And app has the commit end
    And "bin/finalize --window W0-CHN" was run
    Then row 1 of the journal windows has "commit_end" middle
    And row 3 of the journal snapshots has "commits.app" middle

  Scenario: a closing that is repeated keeps its commits
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

  Scenario: what is said is kept as it was said, and means the commit that it meant then
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

  Scenario: what is said outside of a repository is found in the one where it is counted
    Given app has the commit end
    And I stand in nowhere
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN --commit-start begin --commit-end end" was run
    And I stand in app
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | commit_start | commit_end |
      | begin        | end        |

  Scenario: a closing in another repository does not speak for this one
    Given the repository other
    And other has the commit alone
    And I stand in nowhere
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And I stand in other
    And "bin/finalize --window W0-CHN" was run
    And I stand in app
    When I run "bin/churn --window W0-CHN --commit-start begin"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_end: it was recorded in repository other;
      give --commit-end
      """

  Scenario: what is said and is no commit is booked, with a note
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And Ada ends codex in W0-CHN at 10:00 with 5h 10%
    When I run "bin/finalize --window W0-CHN --commit-end typo"
    Then it notes
      """
      finalize: commit 'typo' is not in repository app, or the name is ambiguous;
      booked as given
      """
    And row 1 of the journal windows has "commit_end" typo

  Scenario: a linked worktree is the same repository
    Given git worktree add --quiet ../elsewhere was run in app
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And I stand in elsewhere
    And elsewhere has the commit aside
      | file | lines |
      | list | two   |
    And Ada ends codex in W0-CHN at 12:00 with 5h 20%
    When I run "bin/churn --window W0-CHN"
    Then the churn of W0-CHN is
      | repository | commit_start | commit_end | insertions |
      | app        | begin        | aside      | 1          |

  Scenario: packed branches, and a branch with a slash
    Given git checkout --quiet -b feature/x was run in app
    And git pack-refs --all was run in app
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then row 1 of the journal snapshots has "commits.app" begin

  Scenario: outside of a repository nothing is recorded, and nothing is missing
    Given I stand in nowhere
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it notes nothing
    And the journal snapshots reads
      | phase  | commits |
      | before |         |

  Scenario Outline: a repository that is not well stops no snapshot
    Given <what> was run in app
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it notes nothing
    And row 1 of the journal snapshots has "phase" before

    Examples:
      | what                                       |
      | git symbolic-ref HEAD refs/heads/not-there |
      | git update-ref -d refs/heads/main          |

  Scenario: a repository that git cannot read stops no snapshot
    Given git config extensions.worktreeConfig nonsense was run in app
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it notes
      """
      snapshot: no commits are recorded: git cannot read HOME/app: bad boolean config value 'nonsense'
      for 'extensions.worktreeconfig'
      """
    And row 1 of the journal snapshots has "phase" before

  Scenario: nor does a missing git
    Given git is not installed
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it notes nothing
    And row 1 of the journal snapshots has "phase" before

  Scenario: nor does a mistake in churn.toml
    Given the config file churn.toml says
      """
      exclude = 3
      """
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it notes
      """
      snapshot: no commits are recorded: CONFIG/churn.toml: exclude = 3 is not valid;
      valid: expected `array`, got `int`
      """
    And the journal snapshots has 1 row

  Scenario: whoever does not want it says so
    Given the config file churn.toml says
      """
      record_commits = false
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN" was run
    Then row 1 of the journal windows has "commit_end" null
    And the journal snapshots reads
      | phase  | commits |
      | before |         |
