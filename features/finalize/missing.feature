Feature: Missing numbers are null, with a reason

  Background:
    Given the windows
      | window | title           |
      | W0-CHN | Automation pack |

  Scenario: No AFTER
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/finalize --window W0-CHN --at 2026-11-22T12:40"
    Then it prints
      """
      W0-CHN finalized: 0 anomalies (ID)

      Meters
        agent  provider  meter  before  after  delta  █ old ▓ new
        ada    codex     5h        11%      -   open  █░░░░░░░░░░░
      """
    And it warns
      """
      finalize: ada codex has no AFTER in W0-CHN, so its deltas are null; `end codex W0-CHN --agent ada` books one
      """
    And row 1 of the journal windows has "closings.0.after" null
    And row 1 of the journal windows has "closings.0.meters.5h.delta" null
    And row 1 of the journal windows has "closings.0.meters.5h.delta_min" null
    And row 1 of the journal windows has "closings.0.meters.5h.delta_max" null
    And row 1 of the journal windows has "closings.0.meters.5h.reason" no-after

  Scenario: The AFTER comes later
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And "bin/finalize --window W0-CHN" was run
    When Ada ends codex in W0-CHN at 12:30 with 5h 51%
    Then it warns
      """
      snapshot: window W0-CHN is finalized; finalize it again to take this in
      """
    When I run "bin/preview --window W0-CHN" at 13:00
    Then it prints the lines
      """
      Snapshots changed after it was finalized; finalize it again.
      """
    When I run "bin/finalize --window W0-CHN"
    Then it prints no message
    And row 2 of the journal windows has "closings.0.meters.5h.delta" 40

  Scenario Outline: One of the panes does not show the meter: <reason>
    Given Ada starts codex in W0-CHN at 09:00 with <before>
    And Ada ends codex in W0-CHN at 12:30 with <after>
    When I run "bin/finalize --window W0-CHN"
    Then row 1 of the journal windows has "closings.0.meters.5h.delta" 40
    And row 1 of the journal windows has "closings.0.meters.weekly.delta" null
    And row 1 of the journal windows has "closings.0.meters.weekly.reason" <reason>

    Examples:
      | reason           | before             | after              |
      | not-shown-before | 5h 11%             | 5h 51%, weekly 31% |
      | not-shown-after  | 5h 11%, weekly 24% | 5h 51%             |
