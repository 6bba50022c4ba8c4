Feature: finalize a window again

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% | 24%    |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% | 31%    |
    And "bin/finalize --window W0-CHN --features codex=3 --quality 4 --outcome pass" was run

  Scenario: with the same values adds nothing and says so
    When I run "bin/finalize --window W0-CHN --features codex=3 --quality 4 --outcome pass"
    Then it prints the lines
      """
      W0-CHN already finalized with these values: 0 anomalies (ID)
      """
    And the journal windows has 1 row

  Scenario: with nothing said keeps what was said
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      W0-CHN already finalized with these values: 0 anomalies (ID)
      """
    And the journal windows has 1 row

  Scenario: with another value takes the place of the closing before
    When I run "bin/finalize --window W0-CHN --quality 5"
    Then it prints the lines
      """
      W0-CHN finalized again, in place of ID: 0 anomalies (ID)
      """
    And the journal windows reads
      | window | features.codex | quality | outcome | supersedes |
      | W0-CHN | 3              | 4       | pass    |            |
      | W0-CHN | 3              | 5       | pass    | ID         |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "outcome.quality" is 5

  Scenario: the way back is to say the old value again
    Given "bin/finalize --window W0-CHN --quality 5" was run
    When I run "bin/finalize --window W0-CHN --quality 4"
    Then the journal windows reads
      | quality | supersedes |
      | 4       |            |
      | 5       | ID         |
      | 4       | ID         |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "outcome.quality" is 4

  Scenario: with another snapshot
    Given Ada ends codex in W0-CHN at 12:45 with 5h 53%, weekly 31%
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows reads
      | quality | closings.0.meters.5h.delta | supersedes |
      | 4       | 40                         |            |
      | 4       | 42                         | ID         |
