Feature: what cannot be counted is one sentence

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |

  Scenario: nothing was recorded
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_start and commit_end: it was not recorded;
      give --commit-start and --commit-end
      """
    And nothing was written

  Scenario: the window is still open
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_end: it was not recorded; give --commit-end
      """

  Scenario: it was recorded in another repository
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And the repository other
    And other has the commit alone
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says
      """
      churn: W0-CHN has no commit_start and commit_end: it was recorded in repository app;
      give --commit-start and --commit-end
      """

  Scenario: no repository
    Given I stand in nowhere
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 66 and says
      """
      churn: HOME/nowhere is not in a git repository; change to one, or declare it in churn.toml
      """
    And nothing was created

  Scenario: a repository without commits
    Given the repository empty
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says "W0-CHN has no commit_start and commit_end: repository empty has no commits yet"
    When I run "bin/churn --window W0-CHN --commit-start HEAD --commit-end HEAD"
    Then it exits with 66 and says
      """
      churn: repository empty has no commits yet
      """

  Scenario Outline: no such commit
    Given the hostile text <commit>
    When I run "bin/churn --window W0-CHN --commit-start=HOSTILE --commit-end end"
    Then it exits with 66 and says "churn: commit <said> is not in repository app, or the name is ambiguous"
    And nothing was written

    Examples:
      | commit                 | said                |
      | "1a2b3c4"              | '1a2b3c4'           |
      | "--output=x"           | '--output=x'        |
      | "--all"                | '--all'             |
      | "-h"                   | '-h'                |
      | "a b"                  | 'a b'               |
      | "begin\nend"           | 'begin\nend'        |
      | "begin..end"           | 'begin..end'        |
      | "^begin"               | '^begin'            |
      | "begin:list"           | 'begin:list'        |
      | "$(touch it-ran)"      | '$(touch it-ran)'   |
      | ""                     | ''                  |
      | "end^{tree}"           | 'end^{tree}'        |

  Scenario: the end does not come after the start
    When I run "bin/churn --window W0-CHN --commit-start end --commit-end begin"
    Then it exits with 65 and says
      """
      churn: commit_end begin does not come after commit_start end in repository app
      """

  Scenario: a shallow clone
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

  Scenario: a shallow clone in which a side of a merge is cut off
    Given git checkout --quiet -b side begin was run in app
    And app has the commit aside
    And git checkout --quiet main was run in app
    And git merge --quiet --no-edit side was run in app
    And git clone --quiet --depth=2 file://HOME/app copy was run in .
    And I stand in copy
    When I run "bin/churn --window W0-CHN --commit-start HEAD~1 --commit-end HEAD"
    Then it exits with 66 and says "churn: repository copy lacks part of the history "

  Scenario: git is not there
    Given git is not installed
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 66 and says
      """
      churn: git is not on PATH; install it to count churn
      """

  Scenario: a repository that is broken
    Given git config core.repositoryFormatVersion 99 was run in app
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 74 and says "churn: git cannot read HOME/app: "

  Scenario: GIT_DIR and the like do not lead elsewhere
    Given GIT_DIR is set to "/nowhere"
    And GIT_INDEX_FILE is set to "/nowhere"
    And GIT_EXTERNAL_DIFF is set to "false"
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | insertions |
      | 1          |

  Scenario: what is wrong in the call
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                                                           |
      | bin/churn --window ../x                                                           |
      | bin/churn --window W0-CHN --provider a/b --commit-start begin --commit-end end    |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths ../x      |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths /etc      |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths a/../../b |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths ''        |
      | bin/churn --window W0-CHN --commit-start                                          |

  Scenario: a window that nobody knows
    When I run "bin/churn --window W9 --commit-start begin --commit-end end"
    Then it exits with 66 and says "window W9 is neither declared nor in the book"

  Scenario Outline: a mistake in churn.toml
    Given the config file churn.toml says
      """
      <text>
      """
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 78 and says "CONFIG/churn.toml: <said>"

    Examples:
      | text                       | said                              |
      | repos = 3                  | unknown key repos; valid: exclude |
      | exclude = ['']             | exclude[0] = [''] is not          |
      | repositories = {'a/b'='x'} | repositories.a/b = 'a/b' is not   |
      | repositories = {a=''}      | repositories[...] = {'a': ''}     |
