Feature: A failing capture does not affect the others

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |
    And Ada starts codex in W0-CHN at 09:00 with weekly 24%
    And Bo starts claude in W0-CHN at 09:30 with week 17%
    And Bo shows a claude pane with week 20%

  Scenario: The program fails
    Given the capture of Ada for codex is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    Then it exits with 74
    And its result is
      """
      AFTER W0-CHN bo claude: week-all-models 20% (ID)
      BEFORE W0-CHP bo claude: week-all-models 20% (ID)
      failed W0-CHN ada codex: the capture command 'false' failed with exit code 1
      """
    And its messages are
      """
      reset: ada codex: the capture command 'false' failed with exit code 1
      """
    And the journal anomalies reads
      | agent | window | kind           | subject   | detail                                                                                      |
      | ada   | W0-CHN | capture-failed | ada/codex | no pane of ada codex at the reset: the capture command 'false' failed with exit code 1 |

  Scenario: Failing again adds no anomaly, and the anomaly ends with the pane
    Given the capture of Ada for codex is ["false"]
    When I run "bin/reset" at 2026-11-23 00:06
    And I run "bin/reset" at 2026-11-23 00:11
    Then it exits with 74
    And the journal anomalies has 1 row
    When I run "bin/preview --window W0-CHN --block anomalies" at 2026-11-23 00:12
    Then it prints the lines
      """
      Anomalies: 1
      """
    Given Ada shows a codex pane with weekly 31%
    When I run "bin/reset" at 2026-11-23 00:16
    Then it prints the lines
      """
      AFTER W0-CHN ada codex: weekly 31% (ID)
      BEFORE W0-CHP ada codex: weekly 31% (ID)
      """
    When I run "bin/preview --window W0-CHN --block anomalies" at 2026-11-23 00:17
    Then it prints "Anomalies: 0"

  Scenario Outline: A capture that <fault>
    Given the capture of Ada for codex is <capture>
    When I run "bin/reset" at 2026-11-23 00:06
    Then it exits with <code>
    And its messages are
      """
      reset: ada codex: <sentence>
      """
    And the journal snapshots has 4 rows
    And the journal anomalies has 1 row

    Examples:
      | fault          | capture             | code | sentence                                                                |
      | is not there   | ["no-such-program"] | 74   | the capture command 'no-such-program' is not on PATH; install it, or add its folder to PATH (for jobs: `path` in schedules.toml) |
      | shows no pane  | ["echo", "hello"]   | 65   | no meters of codex in the pane (no-meters); nothing booked              |
