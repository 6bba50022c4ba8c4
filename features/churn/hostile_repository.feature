Feature: A repository cannot mislead the count

  Background:
    Given the repository app
    And app has the commit begin
      | file         | lines                 |
      | lib/list.py  | one two three four    |
      | lib/old.py   | a b c d e f g h i j   |
      | logo.png     | binary                |
      | package-lock.json | lock             |

  Scenario: Hostile file names
    Given app has the commit end
      | file                             | lines |
      | "a\nb.py"                        | 1     |
      | "quo\"te'.py"                    | 1 2   |
      | "tab\there.py"                   | 1     |
      | "\u00ff\u00fe.py"                | 1     |
      | "{a => b}.py"                    | 1     |
      | ":1\t2\t.py"                     | 1     |
      | "--output=x"                     | 1     |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | insertions | deletions |
      | 7             | 8          | 0         |

  Scenario: Programs that the repository configures do not run
    Given app has the commit end
      | file        | lines |
      | lib/list.py | x     |
    And app would run a program for every file
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | insertions | deletions |
      | 1             | 1          | 4         |
    And no program was run

  Scenario: Submodules are not counted
    Given the repository part
    And part has the commit piece
      | file | lines |
      | a    | x     |
    And git -c protocol.file.allow=always submodule --quiet add ../part part was run in app
    And app has the commit end
    And the current directory is app
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end --paths part"
    Then the churn of W0-CHN is
      | files_changed |
      | 0             |
