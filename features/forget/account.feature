Feature: An account is forgotten: its label, hash, folder, sessions and panes

  Background:
    Given the config file accounts.toml says
      """
      [accounts.night]
      provider = "codex"
      agents = ["ada"]
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada ends codex in W0-CHN at 12:30 with 5h 51%, weekly 31%
    And "bin/finalize --window W0-CHN --at 2026-11-22T13:00Z" was run

  Scenario: Rows have a pseudonym, and panes are removed
    When I run "bin/forget --account night --yes"
    Then it prints a line with "replaced account night in 3 rows and 2 files, now forgotten-"
    And it prints a line with "CONFIG/accounts.toml (1 line)"
    And no file of the book contains "night"
    And the book keeps 0 raw panes
    When I run "bin/windows"
    Then it prints a line with "codex 7"
