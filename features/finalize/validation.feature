Feature: An invalid outcome is refused

  Scenario Outline: <what>
    When I run "bin/finalize --window W0-CHN <flags>"
    Then it exits with 2 and says "<sentence>"
    And nothing was created

    Examples:
      | what                       | flags                | sentence                                                                         |
      | features without a count   | --features codex     | finalize: features 'codex' is not PROVIDER=COUNT, such as codex=3                |
      | a count that is no number  | --features codex=two | finalize: features 'codex=two' is not PROVIDER=COUNT, such as codex=3            |
      | a count below nothing      | --features codex=-1  | finalize: features 'codex=-1' is not PROVIDER=COUNT, such as codex=3             |
      | a count that is no number  | --features codex=nan | finalize: features 'codex=nan' is not PROVIDER=COUNT, such as codex=3            |
      | a count without an end     | --features codex=inf | finalize: features 'codex=inf' is not PROVIDER=COUNT, such as codex=3            |
      | features of nobody         | --features =3        | finalize: provider '' is not an id; valid: 1 to 64                               |
      | an unknown provider        | --features codx=3    | finalize: unknown provider 'codx'; valid:                                        |
      | no quality                 | --quality 0          | finalize: argument --quality: invalid choice: 0 (choose from 1, 2, 3, 4, 5)      |
      | too much quality           | --quality 6          | finalize: argument --quality: invalid choice: 6 (choose from 1, 2, 3, 4, 5)      |
      | half a quality             | --quality 3.5        | finalize: argument --quality: invalid int value: '3.5'                           |
      | an outcome of another kind | --outcome splendid   | finalize: argument --outcome: invalid choice: 'splendid' (choose from            |
