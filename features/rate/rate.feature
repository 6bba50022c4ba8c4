Feature: What one percentage point of a meter buys

  A rate needs three weeks in which the meter was read and requests are logged.

  Scenario: Nothing is booked
    When I run "bin/rate"
    Then it prints
      """
      not known: no meter is booked; run ./just ingest, or ./just start PROVIDER
      """
    And nothing was created

  Scenario: A meter without requests
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Ada ends codex in W0-CHN at 12:30 with 5h 51%, weekly 31%
    When I run "bin/rate claude"
    Then it prints
      """
      not known: no meter of claude is booked
      """
    When I run "bin/rate codex"
    Then it prints
      """
      codex ada, weekly limit: not known: no request of this account is logged; run ./just ingest
      codex ada, 5-hour limit: not known: no request of this account is logged; run ./just ingest
      """
    And nothing was written
    When I run "bin/rate claude --format json"
    Then it prints the lines
      """
      "provider": "claude",
      "meters": []
      """
