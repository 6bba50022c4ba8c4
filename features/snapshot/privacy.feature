Feature: Account names and keys stay out of the book

  Scenario: An e-mail address in the notes
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --notes 'ask eve@example.com'" at 09:00
    Then the journal snapshots reads
      | phase  | notes       |
      | before | ask [email] |
    And no file of the book contains "eve@"

  Scenario: The raw pane is kept without the account, which becomes a hash
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
    And no file of the book contains "eve@"
    And the journal snapshots reads
      | 5h | plan |
      | 11 | Plus |

  Scenario: An API key beside the pane
    Given the pane
      """
      $ export OPENAI_API_KEY=sk-proj-0invented0key0invented0key
      5h limit: 11% used (resets 13:10)
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then the book keeps 1 raw pane
    And no file of the book contains "invented"

  Scenario: Without raw panes
    Given the setting raw_panes of windows.toml is "none"
    When Ada starts codex at 09:00 with 5h 11%
    Then the book keeps 0 raw panes

  Scenario: Only the owner can read the book
    When Ada starts codex at 09:00 with 5h 11%
    Then only its owner can read the book
