Feature: A meter that fell without a reset is an anomaly

  72% before and 40% after cannot both be right while the meter was not reset. Both are kept as they
  were read, the difference is not clamped, and the window is closed all the same.

  Background:
    Given the windows
      | window | title           |
      | W0-CHN | Automation pack |
    And the snapshots
      | at    | agent | provider | phase  | window | 5h               | weekly |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 13:10 | 24%    |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 13:10 | 31%    |

  Scenario: finalize records it
    When I run "bin/finalize --window W0-CHN"
    Then it prints
      """
      W0-CHN finalized: 1 anomaly (ID)

      Meters
        agent  provider  meter   before  after  delta  █ old ▓ new
        ada    codex     5h         72%    40%  -32 !  ▓▓▓▓▓░░░░░░░
        ada    codex     weekly     24%    31%     +7  ███▓░░░░░░░░
      """
    And the journal anomalies reads
      | kind           | agent | window | subject  | first | second | first_from | second_from |
      | negative-delta | ada   | W0-CHN | codex 5h | 72    | 40     | ID         | ID          |
    And row 1 of the journal windows has "anomalies" 1
    And row 1 of the journal windows has "closings.0.meters.5h.delta" -32
    And row 1 of the journal windows has "closings.0.meters.5h.delta_min" null
    And row 1 of the journal windows has "closings.0.meters.5h.reason" negative-delta

  Scenario: The preview counts it
    Given "bin/finalize --window W0-CHN" was run
    When I run "bin/preview --window W0-CHN" at 13:00
    Then it prints the lines
      """
      Anomalies: 1
      negative-delta: ada codex 5h fell from 72% to 40% with no reset shown between
      """
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "anomalies" is 1
    And the JSON rows at "anomaly_list" are
      | kind           | agent | subject  | first | second |
      | negative-delta | ada   | codex 5h | 72    | 40     |

  Scenario: The preview counts it before the window is finalized
    When I run "bin/preview --window W0-CHN" at 13:00
    Then it prints the lines
      """
      Anomalies: 1
      """
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "anomalies" is 1
    And the journal anomalies has 0 rows

  Scenario: Repeating finalize records it once
    Given "bin/finalize --window W0-CHN" was run
    When I run "bin/finalize --window W0-CHN --quality 3"
    Then the journal anomalies has 1 row
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "anomalies" is 1

  Scenario: Voiding the wrong pane removes the anomaly
    Given "bin/finalize --window W0-CHN" was run
    And "bin/undo codex --agent ada --phase after" was run
    And Ada ends codex in W0-CHN at 12:35 with 5h 74% resets 13:10, weekly 31%
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "anomalies" is 0
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      W0-CHN finalized again, in place of ID: 0 anomalies (ID)
      """
    And the journal anomalies has 1 row

  Scenario: Every meter that fell is an anomaly
    Given Bo starts codex in W0-CHN at 09:00 with weekly 58% resets 07:30 on 26 Nov
    And Bo ends codex in W0-CHN at 12:30 with weekly 57% resets 07:30 on 26 Nov
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON rows at "anomaly_list" are
      | kind           | agent | subject      | first | second |
      | negative-delta | ada   | codex 5h     | 72    | 40     |
      | negative-delta | bo    | codex weekly | 58    | 57     |
