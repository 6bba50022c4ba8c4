Feature: GO, SOFT GO or NO-GO

  A window is a GO when no anomaly stands, it is finalized with pass or partial, and both churn and
  evidence are booked. It is a SOFT GO when nothing but churn or evidence is missing.

  Background:
    Given a finished window W0-CHN

  Scenario: Everything is there
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
    And it prints no message
    And nothing was written

  Scenario: The default is the current window
    When I run "bin/decide --agent ada"
    Then it prints the lines
      """
      GO W0-CHN
      """

  Scenario Outline: The outcome decides
    Given "bin/finalize --window W0-CHN --outcome <outcome>" was run
    When I run "bin/decide --window W0-CHN --format json"
    Then the JSON value at "verdict" is <verdict>
    And the JSON value at "completeness.outcome" is <outcome>

    Examples:
      | outcome | verdict |
      | pass    | GO      |
      | partial | GO      |
      | fail    | NO-GO   |

  Scenario: A missing AFTER is shown but does not decide
    Given Bo starts claude in W0-CHN at 10:00 with session 4%, week 10%
    When I run "bin/decide --window W0-CHN"
    Then it prints the lines
      """
      GO W0-CHN
      Completeness: 87.5%
      AFTER bo claude missing
      finalized yes, changed since
      """

  Scenario: Markdown
    When I run "bin/decide --window W0-CHN --format markdown"
    Then it prints the lines
      """
      - **GO W0-CHN**
      ### Completeness: 100%
      | fact | value |
      """
