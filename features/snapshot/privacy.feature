Feature: names and keys stay out of the book

  Scenario: a mail address in the notes
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --notes 'ask eve@example.com'" at 09:00
    Then the journal snapshots reads
      | phase  | notes       |
      | before | ask [email] |
    And no file of the book has "eve@" in it

  Scenario: the raw pane is kept without the account, which becomes a hash
    Given the pane
      """
      Account:    eve@example.com (Plus)
      5h limit:   [█░░░░░░░░░] 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then the raw pane of row 1 reads
      """
      Account:    [email] (Plus)
      5h limit:   [█░░░░░░░░░] 11% used (resets 13:10)
      """
    And no file of the book has "eve@" in it
    And the journal snapshots reads
      | 5h | plan |
      | 11 | Plus |

  Scenario: the same account is known again
    Given the pane
      """
      Account:  eve@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    And I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then the journal snapshots has 2 rows
    And every row of the journal snapshots has the same account

  Scenario: another account is told apart
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

  Scenario: the hash is salted by the book, so that nobody can guess the account
    Given the pane
      """
      Account:  eve@example.com (Plus)
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Given the file account.salt of the book is gone
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then every row of the journal snapshots has another account

  Scenario: an API key beside the pane
    Given the pane
      """
      $ export OPENAI_API_KEY=sk-proj-0invented0key0invented0key
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then the book keeps 1 raw pane
    And no file of the book has "invented" in it

  Scenario: no raw panes at all
    Given the setting raw_panes of windows.toml is "none"
    When Ada starts codex at 09:00 with 5h 11%
    Then the book keeps 0 raw panes

  Scenario: nobody else can read the book
    When Ada starts codex at 09:00 with 5h 11%
    Then only its owner can read the book
