Feature: How much each meter rose in a window

  Background:
    Given the windows
      | window | title           |
      | W0-CHN | Automation pack |

  Scenario: A meter that rose
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  | weekly |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% | 24%    |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51% | 31%    |
    When I run "bin/finalize --window W0-CHN"
    Then it prints
      """
      W0-CHN finalized: 0 anomalies (ID)

      Meters
        agent  provider  meter   before  after  delta  █ old ▓ new
        ada    codex     5h         11%    51%    +40  █▓▓▓▓▓░░░░░░
        ada    codex     weekly     24%    31%     +7  ███▓░░░░░░░░
      """
    And the journal windows reads
      | window | anomalies | closings.0.meters.5h.delta | closings.0.meters.weekly.delta |
      | W0-CHN | 0         | 40                         | 7                              |
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON value at "state" is finalized

  Scenario: Several agents and providers in one window
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
      ada    codex     5h          11%    51%    +40  █▓▓▓▓▓░░░░░░
      bo     claude    session     20%    65%    +45  ██▓▓▓▓▓▓░░░░
      """

  Scenario: A window without snapshots
    When I run "bin/finalize --window W0-CHN"
    Then it exits with 66 and says
      """
      finalize: no snapshots of window W0-CHN are in the book, so there is nothing to finalize; `start PROVIDER W0-CHN` books the first
      """
    And nothing was created
