Feature: Churn needs a repository with the commits

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |

  Scenario: No repository
    Given the current directory is nowhere
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 66 and says
      """
      churn: HOME/nowhere is not in a git repository; change to one, or declare it in churn.toml
      """
    And nothing was created

  Scenario: A repository without commits
    Given the repository empty
    When I run "bin/churn --window W0-CHN"
    Then it exits with 66 and says "W0-CHN has no commit_start and commit_end: repository empty has no commits yet"
    When I run "bin/churn --window W0-CHN --commit-start HEAD --commit-end HEAD"
    Then it exits with 66 and says
      """
      churn: repository empty has no commits yet
      """

  Scenario Outline: An unknown commit: <commit>
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

  Scenario: The end is not after the start
    When I run "bin/churn --window W0-CHN --commit-start end --commit-end begin"
    Then it exits with 65 and says
      """
      churn: commit_end begin does not come after commit_start end in repository app
      """

  Scenario: git is not installed
    Given git is not installed
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 66 and says
      """
      churn: git is not on PATH; install it
      """

  Scenario: The repository is broken
    Given git config core.repositoryFormatVersion 99 was run in app
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 74 and says "churn: git cannot read HOME/app: "

  Scenario: GIT_DIR and similar variables are ignored
    Given GIT_DIR is set to "/nowhere"
    And GIT_INDEX_FILE is set to "/nowhere"
    And GIT_EXTERNAL_DIFF is set to "false"
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | insertions |
      | 1          |
