Feature: Churn counts the lines that a window changed

  Background:
    Given the repository app
    And app has the commit begin
      | file         | lines                 |
      | lib/list.py  | one two three four    |
      | lib/old.py   | a b c d e f g h i j   |
      | logo.png     | binary                |
      | package-lock.json | lock             |

  Scenario: Lines, renames, binary files, new tests and generated files
    Given app has the commit end
      | file              | lines                      |
      | lib/list.py       | one 2 three four five      |
      | lib/new.py        | was lib/old.py             |
      | logo.png          | binary                     |
      | test_list.py      | x                          |
      | web/list.spec.ts  | x y                        |
      | package-lock.json | many many more lines       |
      | web/dist/app.js   | made by a machine          |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it prints the lines
      """
      CHURN W0-CHN: +5 -1, net +4 (ID)
      Features: -, per feature: -
      repository  from   to   commits  files  binary  excluded  new tests  insertions  deletions
      app         begin  end  1        5      1       2         2          5           1
      """
    And the journal churn reads
      | window | provider | files_changed | insertions | deletions | net | features | normalized_churn | paths |
      | W0-CHN | null     | 5             | 5          | 1         | 4   | null     | null             |       |
    And the churn of W0-CHN is
      | repository | commit_start | commit_end | commits | files_changed | binary_files | excluded_files | insertions | deletions | tests_added |
      | app        | begin        | end        | 1       | 5             | 1            | 2              | 5          | 1         | 2           |

  Scenario: A renamed file counts only its changed lines
    Given app has the commit end
      | file       | lines                              |
      | lib/new.py | was lib/old.py a b c d e f g h i K |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | insertions | deletions |
      | 1             | 1          | 1         |

  Scenario: Lines added and removed again do not count, but their commits do
    Given app has the commit there
      | file        | lines        |
      | lib/list.py | another list |
    And app has the commit back
      | file        | lines              |
      | lib/list.py | one two three four |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end back"
    Then the churn of W0-CHN is
      | commits | files_changed | insertions | deletions |
      | 2       | 0             | 0          | 0         |

  Scenario: A window without commits changed nothing
    When I run "bin/churn --window W0-CHN --commit-start HEAD --commit-end HEAD"
    Then the churn of W0-CHN is
      | commit_start | commit_end | commits | files_changed |
      | begin        | begin      | 0       | 0             |
