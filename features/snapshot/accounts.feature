Feature: Accounts are recognized by a salted hash

  Scenario: The same account has the same hash
    Given the pane
      """
      Account:  eve@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    And I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then the journal snapshots has 2 rows
    And every row of the journal snapshots has the same account

  Scenario: Another account has another hash
    Given the pane
      """
      Account:  eve@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Given the pane
      """
      Account:  ann@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then every row of the journal snapshots has another account

  Scenario: Each book has its own salt
    Given the pane
      """
      Account:  eve@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Given the file account.salt of the book is gone
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then every row of the journal snapshots has another account
