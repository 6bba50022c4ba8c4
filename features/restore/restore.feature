Feature: A book is restored from an archive as it was

  Background:
    Given a finished window W0-CHN
    And "bin/backup ../book.tar.zst" was run

  Scenario: The whole book, in one rename
    When I run "bin/restore ../book.tar.zst --into ../copy"
    Then it prints a line with "restored 5 rows of "
    When I run "bin/check --data-dir ../copy"
    Then it prints a line with "ok: 5 rows verified"

  Scenario: Again, nothing is left to do
    Given "bin/restore ../book.tar.zst --into ../copy" was run
    When I run "bin/restore ../book.tar.zst --into ../copy"
    Then it prints a line with "already restored: 5 rows of "
    And nothing was written

  Scenario: A book with rows is not changed
    Given Ada starts codex in W0-CHP at 12:30 with 5h 51%, weekly 31%
    When I run "bin/restore ../book.tar.zst"
    Then it exits with 2 and says "BOOK has a book with rows, which restore does not change"
    And nothing was written

  Scenario: The configuration goes to a directory of its own
    When I run "bin/restore ../book.tar.zst --into ../copy --config-into ../settings"
    Then it prints the lines
      """
      configuration in HOME/settings
      """
    When I run "bin/windows --data-dir ../copy --config-dir ../settings"
    Then it prints a line with "W0-CHN"

  Scenario: What is not a whole archive writes nothing
    Given the file plain.txt with
      """
      not an archive
      """
    When I run "bin/restore ../plain.txt --into ../copy"
    Then it exits with 65 and says "../plain.txt is not an archive that backup wrote"
    And nothing was written
    When I run "bin/restore ../none.tar.zst --into ../copy"
    Then it exits with 66 and says "there is no archive ../none.tar.zst"
