Feature: The demo of many days

  Scenario: Three agents work for five days
    When I run "bin/demo --days 5 --keep days"
    Then it prints a line with "2026-W47  11-19 to 11-26"
    And it prints a line with "2026-W46  11-18 to 11-19"
    And it prints a line with "The book and its config are in "
    And it prints a line with "./just report --open --at 2026-11-22T20:00:00Z"
    And the file days/ledgers/Churn_Ledger.csv contains "2026-W46"

  Scenario: The same number of days gives the same page
    When I run "bin/demo --days 3 --keep first"
    And I run "bin/demo --days 3 --keep second"
    And I run "bin/report --at 2026-11-22T20:00Z --data-dir first/book --config-dir first/config --out first.html"
    And I run "bin/report --at 2026-11-22T20:00Z --data-dir second/book --config-dir second/config --out second.html"
    Then the files first.html and second.html are equal

  Scenario: A number of days that is not valid
    When I run "bin/demo --days 0"
    Then it exits with 2 and says "--days is 0; valid: 1 to 366"
