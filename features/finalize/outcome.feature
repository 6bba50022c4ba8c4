Feature: The outcome of a window

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |

  Scenario: All values
    When I run "bin/finalize --window W0-CHN --features codex=3,glm=1.5 --quality 4 --outcome pass --methodology 'test first' --commit-start 1a2b3c4 --commit-end 5d6e7f8 --notes 'ask eve@example.com'"
    Then the journal windows reads
      | features.codex | features.glm | quality | outcome | methodology | commit_start | commit_end | notes       |
      | 3              | 1.5          | 4       | pass    | test first  | 1a2b3c4      | 5d6e7f8    | ask [email] |
    When I run "bin/preview --window W0-CHN --block outcome"
    Then it prints
      """
      Outcome
      outcome pass, quality 4/5, features codex=3 glm=1.5, methodology test first, commits 1a2b3c4..5d6e7f8
      ask [email]
      """

  Scenario: No values
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows reads
      | features | quality | outcome | methodology | commit_start | commit_end | notes |
      | {}       | null    | null    | null        | null         | null       |       |

  Scenario: A count of zero is not a missing count
    When I run "bin/finalize --window W0-CHN --features codex=0"
    Then row 1 of the journal windows has "features.codex" 0

  Scenario: Escape codes in a note are not printed
    Given the hostile text "red \u001b[31m alert"
    When I run "bin/finalize --window W0-CHN --notes HOSTILE"
    And I run "bin/preview --window W0-CHN --block outcome"
    Then it prints
      """
      Outcome
      finalized without an outcome
      red \x1b[31m alert
      """
