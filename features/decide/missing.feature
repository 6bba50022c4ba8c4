Feature: What is missing for a GO

  Scenario: Nothing is there
    When I run "bin/decide --window W0-CHN"
    Then it prints
      """
      NO-GO W0-CHN
        W0-CHN is not finalized and has no snapshots; `start PROVIDER W0-CHN` books the first
        W0-CHN has no churn; run `churn W0-CHN`
        W0-CHN has no evidence that passed; `evidence W0-CHN` books a run

      Completeness: 0%
        fact       value
        snapshots  missing
        finalized  missing
        outcome    missing
        churn      missing
        evidence   missing
        anomalies  0
      """
    And nothing was created
    When I run "bin/decide --window W0-CHN --exit-code"
    Then it exits with 1

  Scenario: Missing churn and evidence is a SOFT GO
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada ends codex in W0-CHN at 12:30 with 5h 51%, weekly 31%
    And "bin/finalize --window W0-CHN --outcome partial" was run
    When I run "bin/decide --window W0-CHN --exit-code"
    Then it prints the lines
      """
      SOFT GO W0-CHN
      W0-CHN has no churn; run `churn W0-CHN`
      W0-CHN has no evidence that passed; `evidence W0-CHN` books a run
      Completeness: 66.7%
      """

  Scenario: A skipped run is no evidence
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And "bin/finalize --window W0-CHN --outcome pass" was run
    And the file report.xml with
      """
      none ran
      """
    And "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result skip --artifact report.xml" was run
    When I run "bin/decide --window W0-CHN --format json"
    Then the JSON has
      | path                  | value   |
      | verdict               | SOFT GO |
      | completeness.evidence | 0       |

  Scenario: Finalized without an outcome
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And "bin/finalize --window W0-CHN" was run
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      NO-GO W0-CHN
      W0-CHN is finalized without an outcome; run `finalize W0-CHN --outcome pass`
      """

  Scenario: An unknown window
    When I run "bin/decide --window W9-X"
    Then it exits with 66 and says "decide: window W9-X is neither declared nor in the book; valid: "
