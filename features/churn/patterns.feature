Feature: Which files count

  Background:
    Given the repository app
    And app has the commit begin
      | file         | lines                 |
      | lib/list.py  | one two three four    |
      | lib/old.py   | a b c d e f g h i j   |
      | logo.png     | binary                |
      | package-lock.json | lock             |

  Scenario: Patterns in config/churn.toml replace the default ones
    Given the config file churn.toml says
      """
      exclude = ["docs/", "lib/*.py"]
      tests   = ["check/**"]
      """
    And app has the commit end
      | file              | lines |
      | docs/deep/a.md    | x     |
      | lib/list.py       | x     |
      | lib/deep/more.py  | x     |
      | check/deep/more.x | x     |
      | test_list.py      | x     |
      | package-lock.json | y     |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | excluded_files | tests_added |
      | 4             | 2              | 1           |

  Scenario: --paths counts from the top of the repository
    Given app has the commit one
      | file        | lines |
      | docs/a.md   | x     |
      | lib/list.py | x     |
    And app has the commit two
      | file        | lines |
      | docs/b.txt  | x     |
      | lib/a.md    | x     |
    And the current directory is app/lib
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end two --paths docs"
    Then the churn of W0-CHN is
      | repository | commits | files_changed | insertions |
      | app        | 2       | 2             | 2          |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end two --paths docs/*.md **/a.md --paths lib/list.py"
    Then the churn of W0-CHN is
      | commits | files_changed | insertions | deletions |
      | 2       | 3             | 3          | 4         |
    And row 2 of the journal churn has "paths" docs/*.md, **/a.md, lib/list.py

  Scenario: git's pathspec syntax has no effect in --paths
    Given app has the commit end
      | file        | lines |
      | docs/a.md   | x     |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end --paths :(exclude)lib :/ ."
    Then the churn of W0-CHN is
      | files_changed |
      | 1             |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end --paths :(exclude)lib :/"
    Then the churn of W0-CHN is
      | files_changed |
      | 0             |
