Feature: Repeating churn

  Background:
    Given the repository app
    And app has the commit begin
    And app has the commit middle
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |
    And "bin/churn --window W0-CHN --commit-start begin --commit-end middle --notes first" was run

  Scenario: The same numbers add nothing
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end middle"
    Then it prints the lines
      """
      already booked: CHURN W0-CHN: +1 -0, net +1 (ID)
      """
    And the journal churn has 1 row

  Scenario: Another name of the same commit is the same
    When I run "bin/churn --window W0-CHN --commit-start HEAD~2 --commit-end main~1"
    Then the journal churn has 1 row

  Scenario: Other numbers supersede the row, also when they change back
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it prints the lines
      """
      CHURN W0-CHN: +2 -0, net +2 (ID)
      In place of ID
      """
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end middle"
    Then the journal churn reads
      | insertions | supersedes | notes |
      | 1          |            | first |
      | 2          | ID         | first |
      | 1          | ID         | first |
    And every row of the journal churn has another id
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 3 rows verified (churn 3)
      """

  Scenario: Each provider has its own row
    When I run "bin/churn --window W0-CHN --provider codex --commit-start begin --commit-end middle"
    Then the journal churn reads
      | provider | supersedes |
      | null     |            |
      | codex    |            |

  Scenario: Other features change the figure per feature
    Given Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN --features codex=2" was run
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end middle"
    Then the journal churn reads
      | insertions | features | normalized_churn | supersedes |
      | 1          | null     | null             |            |
      | 1          | 2        | 0.5              | ID         |

  Scenario: Two runs at once book one row
    When two shells run "bin/churn --window W0-CHP --commit-start begin --commit-end end --format json" at once
    Then the journal churn has 2 rows

  Scenario: Secrets in notes are redacted
    When I run "bin/churn --window W0-CHP --commit-start begin --commit-end end --notes 'ask eve@example.com'"
    Then row 2 of the journal churn has "notes" ask [email]
