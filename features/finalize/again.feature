Feature: Repeating finalize

  Background:
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% | 24%    |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% | 31%    |
    And "bin/finalize --window W0-CHN --features codex=3 --quality 4 --outcome pass" was run

  Scenario: The same values add nothing
    When I run "bin/finalize --window W0-CHN --features codex=3 --quality 4 --outcome pass"
    Then it prints the lines
      """
      W0-CHN already finalized with these values: 0 anomalies (ID)
      """
    And the journal windows has 1 row

  Scenario: Values that are not given again are kept
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      W0-CHN already finalized with these values: 0 anomalies (ID)
      """
    And the journal windows has 1 row

  Scenario: Another value supersedes the row
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

  Scenario: Giving the old value again restores it
    Given "bin/finalize --window W0-CHN --quality 5" was run
    When I run "bin/finalize --window W0-CHN --quality 4"
    Then the journal windows reads
      | quality | supersedes |
      | 4       |            |
      | 5       | ID         |
      | 4       | ID         |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "outcome.quality" is 4

  Scenario: A later snapshot is included
    Given Ada ends codex in W0-CHN at 12:45 with 5h 53%, weekly 31%
    When I run "bin/finalize --window W0-CHN"
    Then the journal windows reads
      | quality | closings.0.meters.5h.delta | supersedes |
      | 4       | 40                         |            |
      | 4       | 42                         | ID         |
