Feature: what came out of a window

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |

  Scenario: all that can be said
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

  Scenario: nothing has to be said
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows reads
      | features | quality | outcome | methodology | commit_start | commit_end | notes |
      | {}       | null    | null    | null        | null         | null       |       |

  Scenario: a feature count of nothing is not the same as none said
    When I run "bin/finalize --window W0-CHN --features codex=0"
    Then row 1 of the journal windows has "features.codex" 0

  Scenario: text of a note cannot act on the terminal that prints it
    Given the hostile text "red \u001b[31m alert"
    When I run "bin/finalize --window W0-CHN --notes HOSTILE"
    And I run "bin/preview --window W0-CHN --block outcome"
    Then it prints
      """
      Outcome
      finalized, with nothing said of its outcome
      red \x1b[31m alert
      """

  Scenario Outline: <what>
    When I run "bin/finalize --window W0-CHN <flags>"
    Then it exits with 2 and says "<sentence>"
    And the journal windows has 0 rows

    Examples:
      | what                       | flags                | sentence                                                                         |
      | features without a count   | --features codex     | finalize: features 'codex' is not PROVIDER=COUNT, such as codex=3                |
      | a count that is no number  | --features codex=two | finalize: features 'codex=two' is not PROVIDER=COUNT, such as codex=3            |
      | a count below nothing      | --features codex=-1  | finalize: features 'codex=-1' is not PROVIDER=COUNT, such as codex=3             |
      | a count that is no number  | --features codex=nan | finalize: features 'codex=nan' is not PROVIDER=COUNT, such as codex=3            |
      | a count without an end     | --features codex=inf | finalize: features 'codex=inf' is not PROVIDER=COUNT, such as codex=3            |
      | features of nobody         | --features =3        | finalize: provider '' is not an id; valid: 1 to 64                               |
      | no quality                 | --quality 0          | finalize: argument --quality: invalid choice: 0 (choose from 1, 2, 3, 4, 5)      |
      | too much quality           | --quality 6          | finalize: argument --quality: invalid choice: 6 (choose from 1, 2, 3, 4, 5)      |
      | half a quality             | --quality 3.5        | finalize: argument --quality: invalid int value: '3.5'                           |
      | an outcome of another kind | --outcome splendid   | finalize: argument --outcome: invalid choice: 'splendid' (choose from            |
