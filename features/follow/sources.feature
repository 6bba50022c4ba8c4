Feature: Followed books that are old, missing or damaged

  Background:
    Given Bo starts claude in W0-CHN at 09:05 with week 20%
    And Bo ends claude in W0-CHN at 19:05 with week 25%
    And this is the book of desktop, 2 days old
    And Cy starts codex in W0-CHN at 09:10 with weekly 30%
    And this is the book of laptop
    And Ada starts codex in W0-CHN at 09:00 with weekly 10%
    And the book follows laptop and desktop

  Scenario: How fresh the hosts are
    When I run "bin/preview W0-CHN --format json"
    Then the JSON value at "hosts.1.host" is laptop
    And the JSON value at "hosts.1.is_stale" is false
    And the JSON value at "hosts.2.host" is desktop
    And the JSON value at "hosts.2.is_stale" is true
    When I run "bin/preview W0-CHN"
    Then it prints a line with "follows 2 books: laptop "
    And it prints a line with ", desktop 2 days ago (stale)"

  Scenario: Another limit
    Given the config file books.toml says
      """
      sources     = ["machines/laptop", "machines/desktop"]
      stale_hours = 72
      """
    When I run "bin/windows"
    Then it prints a line with ", desktop 2 days ago"
    And it prints no line with "(stale)"

  Scenario: A book that is missing is named, and the others are read
    Given the book of desktop disappeared
    When I run "bin/preview W0-CHN --format json" at 20:00
    Then the JSON rows at "meters" are
      | agent | before |
      | ada   | 10     |
      | cy    | 30     |
    And it warns
      """
      preview: MACHINES/desktop does not exist, so its rows are missing here; mount it or correct
      `sources` in books.toml
      """

  Scenario: A book behind a link is not followed
    Given the book of desktop is behind a link
    When I run "bin/windows" at 20:00
    Then it prints a line with "MACHINES/desktop missing"
    And it warns
      """
      windows: MACHINES/desktop is a symbolic link, so its rows are missing here; follow the directory
      that it names
      """

  Scenario: A journal behind a link is not followed
    Given the journal snapshots of desktop is a link
    When I run "bin/preview W0-CHN --format json" at 20:00
    Then the JSON rows at "meters" are
      | agent | before |
      | ada   | 10     |
      | cy    | 30     |

  Scenario: A followed journal that lost a row is read again
    When I run "bin/preview W0-CHN --format json" at 20:00
    Then the JSON rows at "meters" are
      | agent | before | after |
      | ada   | 10     | null  |
      | bo    | 20     | 25    |
      | cy    | 30     | null  |
    When the journal snapshots of desktop loses its last row
    And I run "bin/preview W0-CHN --format json" at 20:00
    Then the JSON rows at "meters" are
      | agent | before | after |
      | ada   | 10     | null  |
      | bo    | 20     | null  |
      | cy    | 30     | null  |

  Scenario: Without a cache the figures are the same
    Given the cache cannot be written
    When I run "bin/preview W0-CHN --format json" at 20:00
    Then the JSON rows at "meters" are
      | agent | before | after |
      | ada   | 10     | null  |
      | bo    | 20     | 25    |
      | cy    | 30     | null  |

  Scenario: A source that is no path
    Given the config file books.toml says
      """
      sources = "machines/laptop"
      """
    When I run "bin/windows"
    Then it exits with 78 and says "books.toml: sources = 'machines/laptop' is not valid"
