Feature: One verified archive of a book

  Background:
    Given a finished window W0-CHN

  Scenario: Journals, states, panes and the configuration, verified
    When I run "bin/backup ../book.tar.zst"
    Then it prints a line with "backed up 5 rows, "
    And it prints a line with ", to ../book.tar.zst (verified)"
    When I run "bin/restore ../book.tar.zst --list"
    Then it prints a line with "book/snapshots.jsonl"
    And it prints a line with "book/state/ada/codex.json"
    And it prints a line with "config/windows.toml"
    And it prints no line with "cache/"
    And it prints no line with ".lock"

  Scenario: An existing file is replaced with --force only
    Given "bin/backup ../book.tar.zst" was run
    When I run "bin/backup ../book.tar.zst"
    Then it exits with 2 and says "../book.tar.zst exists; --force replaces it"
    When I run "bin/backup ../book.tar.zst --force --format json"
    Then the JSON value at "verified" is true

  Scenario: The archive is a file outside of the book
    When I run "bin/backup ../../books/of/this/scenario/book.tar.zst"
    Then it exits with 2 and says "is inside the book; name a file outside of it"
    When I run "bin/backup none/book.tar.zst"
    Then it exits with 66 and says "there is no directory"
    When I run "bin/backup .."
    Then it exits with 2 and says ".. is a directory; name a file, such as ../book.tar.zst"

  Scenario: An unfinished row is left out and reported
    Given the last row of the journal windows was cut off after 40 bytes
    When I run "bin/backup ../book.tar.zst"
    Then it warns
      """
      backup: 40 unterminated bytes at the end of a journal left out; run check
      """
