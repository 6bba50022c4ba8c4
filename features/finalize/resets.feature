Feature: Deltas across a reset are ranges

  Background:
    Given the windows
      | window | title           |
      | W0-CHN | Automation pack |

  Scenario: A meter that fell because of a reset
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 10:30 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 15:30 |
    When I run "bin/finalize --window W0-CHN"
    Then it prints
      """
      W0-CHN finalized: 0 anomalies (ID)

      Meters
        agent  provider  meter  before  after     delta  █ old ▓ new
        ada    codex     5h        72%    40%  40 to 68  ▓▓▓▓▓░░░░░░░
      """
    And row 1 of the journal windows has "closings.0.meters.5h.delta" null
    And row 1 of the journal windows has "closings.0.meters.5h.delta_min" 40
    And row 1 of the journal windows has "closings.0.meters.5h.delta_max" 68
    And row 1 of the journal windows has "closings.0.meters.5h.resets" 1
    And the journal anomalies has 0 rows

  Scenario: A meter that rose across a reset
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 40% resets 10:30 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 72% resets 15:30 |
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      ada    codex     5h        40%    72%  72 to 132  ▓▓▓▓▓▓▓▓▓░░░
      """

  Scenario: A reset that moved by a minute is the same reset
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% resets 10:30 |
      | 10:32 | ada   | codex    | after  | W0-CHN | 51% resets 10:31 |
    When I run "bin/finalize --window W0-CHN"
    Then row 1 of the journal windows has "closings.0.meters.5h.delta" 40
