Feature: GO, SOFT GO or NO-GO

  A window is a GO when no anomaly stands, it is finalized with pass or partial, and both churn and
  evidence are booked. It is a SOFT GO when nothing but churn or evidence is missing.

  Background:
    Given a finished window W0-CHN

  Scenario: everything is there
    When I run "bin/decide --window W0-CHN --exit-code"
    Then it prints
      """
      GO W0-CHN

      Completeness: 100%
        fact              value
        BEFORE ada codex  yes
        AFTER ada codex   yes
        finalized         yes
        outcome           pass
        churn             1
        evidence          1
        anomalies         0
      """
    And it notes nothing
    And nothing was written

  Scenario: without --window it is the current one
    When I run "bin/decide --agent ada"
    Then it prints the lines
      """
      GO W0-CHN
      """

  Scenario: a failing run of a capability is a NO-GO, until a newer run passes
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

  Scenario Outline: how it went decides
    Given "bin/finalize --window W0-CHN --outcome <outcome>" was run
    When I run "bin/decide --window W0-CHN --format json"
    Then the JSON value at "verdict" is <verdict>
    And the JSON value at "completeness.outcome" is <outcome>

    Examples:
      | outcome | verdict |
      | pass    | GO      |
      | partial | GO      |
      | fail    | NO-GO   |

  Scenario: an anomaly is a NO-GO
    Given Ada ends codex in W0-CHN at 12:40 with 5h 9%, weekly 31%
    When I run "bin/decide --window W0-CHN --format json"
    Then the JSON has
      | path                       | value                                                                                        |
      | verdict                    | NO-GO                                                                                        |
      | reasons                    | anomaly negative-delta: ada codex 5h fell from 11% to 9% with no reset shown between         |
      | completeness.anomalies     | 1                                                                                            |
      | completeness.changed_since | true                                                                                         |
      | completeness.percent       | 100                                                                                          |

  Scenario: the way back is to take that AFTER back
    Given Ada ends codex in W0-CHN at 12:40 with 5h 9%, weekly 31%
    And "bin/undo codex --agent ada" was run
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      GO W0-CHN
      """

  Scenario: an AFTER that is missing is told, and does not decide
    Given Bo starts claude in W0-CHN at 10:00 with session 4%, week 10%
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      GO W0-CHN
      Completeness: 87.5%
      AFTER bo claude missing
      finalized yes, changed since
      """

  Scenario: it can be pasted
    When I run "bin/decide --window W0-CHN --format markdown"
    Then it prints the lines
      """
      - **GO W0-CHN**
      ### Completeness: 100%
      | fact | value |
      """
