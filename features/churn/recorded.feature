Feature: Snapshots and finalize record the commits of a window

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |

  Scenario: From the first BEFORE to finalize
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

  Scenario: Without features there is no figure per feature
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit end
      | file | lines   |
      | list | one two |
    And "bin/finalize --window W0-CHN --features codex=0" was run
    When I run "bin/churn --window W0-CHN"
    Then the journal churn reads
      | insertions | features | normalized_churn |
      | 1          | 0        | null             |

  Scenario: An open window ends at its last AFTER
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

  Scenario: Two windows never count the same commit
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And app has the commit middle
    And Ada crosses codex in W0-CHN at 12:00 with 5h 20%
    And app has the commit end
    And "bin/finalize --window W0-CHN" was run
    Then row 1 of the journal windows has "commit_end" middle
    And row 3 of the journal snapshots has "commits.app" middle
