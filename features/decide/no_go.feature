Feature: What makes a NO-GO, and how to clear it

  Background:
    Given a finished window W0-CHN

  Scenario: A failing run is a NO-GO until a newer run passes
    Given "bin/evidence --window W0-CHN --capability CAP-8 --run r1 --runner pytest --result fail --artifact ../report.xml" was run
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      NO-GO W0-CHN
      the newest run of CAP-8, r1, has the result fail
      Completeness: 100%
      evidence 1, 1 failed
      """
    When I run "bin/decide --window W0-CHN --exit-code"
    Then it exits with 1
    Given "bin/evidence --window W0-CHN --capability CAP-8 --run r2 --runner pytest --result partial --artifact ../report.xml" was run
    When I run "bin/decide --window W0-CHN --exit-code"
    Then it prints the lines
      """
      GO W0-CHN
      evidence 2
      """

  Scenario: An anomaly is a NO-GO
    Given Ada ends codex in W0-CHN at 12:40 with 5h 9%, weekly 31%
    When I run "bin/decide --window W0-CHN --format json"
    Then the JSON has
      | path                       | value                                                                                        |
      | verdict                    | NO-GO                                                                                        |
      | reasons                    | anomaly negative-delta: ada codex 5h fell from 11% to 9% with no reset shown between         |
      | completeness.anomalies     | 1                                                                                            |
      | completeness.changed_since | true                                                                                         |
      | completeness.percent       | 100                                                                                          |

  Scenario: Voiding the wrong AFTER clears it
    Given Ada ends codex in W0-CHN at 12:40 with 5h 9%, weekly 31%
    And "bin/undo codex --agent ada" was run
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      GO W0-CHN
      """
