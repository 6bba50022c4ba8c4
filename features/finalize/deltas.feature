Feature: what each meter did in a window

  Background:
    Given the windows
      | window | title           |
      | W0-CHN | Automation pack |

  Scenario: a meter that rose
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% | 24%    |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% | 31%    |
    When I run "bin/finalize --window W0-CHN"
    Then it prints
      """
      W0-CHN finalized: 0 anomalies (ID)

      Meters
        agent  provider  meter   before  after  delta
        ada    codex     5h         11%    51%    +40  ██████░░░░░░
        ada    codex     weekly     24%    31%     +7  ████░░░░░░░░
      """
    And the journal windows reads
      | window | anomalies | closings.0.meters.5h.delta | closings.0.meters.weekly.delta |
      | W0-CHN | 0         | 40                         | 7                              |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is finalized

  Scenario: a meter that fell because it was reset has a use with bounds
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 10:30 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 15:30 |
    When I run "bin/finalize --window W0-CHN"
    Then it prints
      """
      W0-CHN finalized: 0 anomalies (ID)

      Meters
        agent  provider  meter  before  after     delta
        ada    codex     5h        72%    40%  40 to 68  █████░░░░░░░
      """
    And row 1 of the journal windows has "closings.0.meters.5h.delta" null
    And row 1 of the journal windows has "closings.0.meters.5h.delta_min" 40
    And row 1 of the journal windows has "closings.0.meters.5h.delta_max" 68
    And row 1 of the journal windows has "closings.0.meters.5h.resets" 1
    And the journal anomalies has 0 rows

  Scenario: a meter that rose across a reset has bounds as well
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 40% resets 10:30 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 72% resets 15:30 |
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      ada    codex     5h        40%    72%  72 to 132  █████████░░░
      """

  Scenario: a pane that lags shows the old reset, which may wander by a minute: nothing was reset
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% resets 10:30 |
      | 10:32 | ada   | codex    | after  | W0-CHN | 51% resets 10:31 |
    When I run "bin/finalize --window W0-CHN"
    Then row 1 of the journal windows has "closings.0.meters.5h.delta" 40

  Scenario: several agents and providers in one window
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | session |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |         |
      | 09:00 | bo    | claude   | before | W0-CHN |     | 20%     |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% |         |
      | 12:31 | bo    | claude   | after  | W0-CHN |     | 65%     |
    When I run "bin/finalize --window W0-CHN"
    Then it prints the lines
      """
      W0-CHN finalized: 0 anomalies (ID)
      ada    codex     5h          11%    51%    +40  ██████░░░░░░
      bo     claude    session     20%    65%    +45  ████████░░░░
      """

  Scenario: a window without snapshots
    When I run "bin/finalize --window W0-CHN"
    Then it exits with 66 and says
      """
      finalize: no snapshots of window W0-CHN are in the book; nothing to finalize
      """
    And nothing was created

  Scenario: no window named
    When I run "bin/finalize"
    Then it exits with 2 and says "the following arguments are required: --window"
    And nothing was created
