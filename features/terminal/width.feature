Feature: Tables fit the terminal, and name what they leave out

  Scenario: The columns that are left out are named below the table
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And COLUMNS is set to "60"
    When I run "bin/budget W0-CHN --color always" at 09:30
    Then "(not shown, for lack of room: left, % an hour)" is dim
    And it prints no line with "█"

  Scenario: Points of several accounts are left out rather than broken over many lines
    Given Alexandra starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Alexandra ends codex at 12:00 with 5h 31%, weekly 27%
    And Bo starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo ends codex at 12:00 with 5h 31%, weekly 27%
    And Cy starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Cy ends codex at 12:00 with 5h 31%, weekly 27%
    And COLUMNS is set to "80"
    When I run "bin/windows" at 12:30
    Then it prints
      """
      3 windows: no tokens; run ingest to book requests from agents' logs
        window                          dates           tokens  USD  outcome
        W0-CHQ Quality and reliability  -                    -    -  planned
        W0-CHP Provider bridges         -                    -    -  planned
        W0-CHN Automation pack          11-22 to 11-23       -    -  done
        (not shown, for lack of room: points, agents)
      """

  Scenario: Bars show what was used before, and since
    Given Ada starts codex in W0-CHN at 09:00 with 5h 20%, weekly 50%
    And Ada ends codex at 12:00 with 5h 60%, weekly 75%
    And COLUMNS is set to "100"
    When I run "bin/preview --block meters"
    Then it prints
      """
      Meters
        agent  provider  meter   before  after  delta  █ old ▓ new
        ada    codex     5h         20%    60%    +40  ██▓▓▓▓▓░░░░░
        ada    codex     weekly     50%    75%    +25  ██████▓▓▓░░░
      """
    When I run "bin/budget W0-CHN" at 12:00
    Then it prints the lines
      """
      agent  provider  meter   used  left  resets  % an hour  runs out  █ old ▓ new
      """

  Scenario: A terminal without block characters
    Given Ada starts codex in W0-CHN at 09:00 with weekly 50%
    And Ada ends codex at 12:00 with weekly 75%
    And COLUMNS is set to "100"
    And LC_ALL is set to "C"
    When I run "bin/preview --block meters"
    Then it prints the lines
      """
      agent  provider  meter   before  after  delta  # old + new
      ada    codex     weekly     50%    75%    +25  ######+++...
      """
