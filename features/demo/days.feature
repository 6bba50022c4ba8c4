Feature: The demo of many days

  Scenario: Three agents work for five days
    When I run "bin/demo --days 5 --keep days"
    Then it prints a line with "2026-W47  11-18 to 11-23"
    And it prints a line with "The book and its config are in "

  Scenario: A number of days that is not valid
    When I run "bin/demo --days 0"
    Then it exits with 2 and says "--days is 0; valid: 1 to 366"
