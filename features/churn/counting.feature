Feature: what a window changed

  Background:
    Given the repository app
    And app has the commit begin
      | file         | lines                 |
      | lib/list.py  | one two three four    |
      | lib/old.py   | a b c d e f g h i j   |
      | logo.png     | binary                |
      | package-lock.json | lock             |

  Scenario: lines, renames, binary files, new tests and generated files
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

  Scenario: a renamed file has the lines that changed in it
    Given app has the commit end
      | file       | lines                              |
      | lib/new.py | was lib/old.py a b c d e f g h i K |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | insertions | deletions |
      | 1             | 1          | 1         |

  Scenario: what was written and taken out again does not count, its commits do
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

  Scenario: a window without a commit changed nothing
    When I run "bin/churn --window W0-CHN --commit-start HEAD --commit-end HEAD"
    Then the churn of W0-CHN is
      | commit_start | commit_end | commits | files_changed |
      | begin        | begin      | 0       | 0             |

  Scenario: names of files that nobody should choose
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

  Scenario: patterns of config/churn.toml take the place of the default ones
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

  Scenario: only some paths, from the repository's top wherever one stands
    Given app has the commit one
      | file        | lines |
      | docs/a.md   | x     |
      | lib/list.py | x     |
    And app has the commit two
      | file        | lines |
      | docs/b.txt  | x     |
      | lib/a.md    | x     |
    And I stand in app/lib
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end two --paths docs"
    Then the churn of W0-CHN is
      | repository | commits | files_changed | insertions |
      | app        | 2       | 2             | 2          |
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end two --paths docs/*.md **/a.md --paths lib/list.py"
    Then the churn of W0-CHN is
      | commits | files_changed | insertions | deletions |
      | 2       | 3             | 3          | 4         |
    And row 2 of the journal churn has "paths" docs/*.md, **/a.md, lib/list.py

  Scenario: git's own words in a path mean nothing
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

  Scenario: no program of the repository is run
    Given app has the commit end
      | file        | lines |
      | lib/list.py | x     |
    And app would run a program for every file
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then the churn of W0-CHN is
      | files_changed | insertions | deletions |
      | 1             | 1          | 4         |
    And no program was run

  Scenario: submodules are not looked into
    Given the repository part
    And part has the commit piece
      | file | lines |
      | a    | x     |
    And git -c protocol.file.allow=always submodule --quiet add ../part part was run in app
    And app has the commit end
    And I stand in app
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end --paths part"
    Then the churn of W0-CHN is
      | files_changed |
      | 0             |
