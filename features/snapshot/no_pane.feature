Feature: A snapshot without a usable pane is refused

  Scenario: Standard input is empty
    When I run "bin/snapshot start codex" at 09:00
    Then it exits with 66 and says
      """
      snapshot: no pane: stdin is empty; pipe one in, or use --file, --capture or --set
      """
    And nothing was created

  Scenario: The file does not exist
    When I run "bin/snapshot start codex --file gone.txt" at 09:00
    Then it exits with 66 and says "snapshot: no pane: there is no file 'gone.txt'"
    And nothing was created

  Scenario: The text is not a pane
    Given the pane
      """
      $ codex
      command not found
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it exits with 65 and says
      """
      snapshot: no meters of codex in the pane (no-meters); nothing booked
      """
    And nothing was created

  Scenario: A pane of another provider
    Given a Claude pane with session 22%, week 17%
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it exits with 65
    And nothing was created

  Scenario: An unknown provider
    When I run "bin/snapshot start abacus --set 5h=11" at 09:00
    Then it exits with 2 and says "unknown provider 'abacus'; valid: "
    And nothing was created
