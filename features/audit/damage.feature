Feature: Findings about anomalies, ledgers and corrupt rows

  Background:
    Given the windows
      | window | next   |
      | W0-CHN | W0-CHP |
      | W0-CHP |        |

  Scenario: An anomaly
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 4%
    When I run "bin/audit --window W0-CHN" at 12:30
    Then it prints the lines
      """
      fault W0-CHN anomaly negative-delta: ada codex 5h fell from 11% to 4% with no reset shown between
      """

  Scenario: A ledger with a duplicated row
    Given a finished window W0-CHN
    And the last line of the ledger Acceptance_Evidence.csv was copied
    When I run "bin/audit --window W0-CHN" at 13:00
    Then it prints the lines
      """
      fault W0-CHN duplicate ID appears 2 times in Acceptance_Evidence.csv; delete the extra rows
      """

  Scenario: A corrupt row
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And in row 1 of the journal snapshots ""used_percent":11.0" became ""used_percent":17.0"
    When I run "bin/audit --window W0-CHN" at 12:00
    Then it prints the lines
      """
      fault (book) damage 1 corrupt line skipped; run check
      """
