Feature: doctor reports what would not work here

  Scenario: No problem
    When I run "bin/doctor"
    Then it prints the lines
      """
      ok book locks a second process waits for the lock
      ok book fsync files and directories can be synced
      ok book rename readers see the whole old file or the whole new one
      ok book links symbolic links are refused
      ok set-up config CONFIG: every file is valid
      """
    And nothing was written
    And nothing was created

  Scenario: JSON
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    When I run "bin/doctor --format json"
    Then the JSON has
      | path                 | value                               |
      | ok                   | true                                |
      | fails                | 0                                   |
      | probes.locks.area    | book                                |
      | probes.locks.verdict | ok                                  |
      | probes.locks.said    | a second process waits for the lock |

  Scenario: An invalid config
    Given the config file churn.toml says
      """
      wrong = 1
      """
    When I run "bin/doctor"
    Then it exits with 1
    And doctor reports for churn.toml
      """
      fail set-up churn.toml CONFIG/churn.toml: unknown key wrong
      """

  Scenario: Commands in a config that others can write
    Given everybody can write the config file schedules.toml
    When I run "bin/doctor"
    Then it exits with 1
    And doctor reports for commands
      """
      fail set-up commands CONFIG/schedules.toml may be written by others
      """

  Scenario: A book that others can read
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And the book has mode 0755
    When I run "bin/doctor"
    Then it exits with 0
    And doctor reports for directory
      """
      warn book directory BOOK has mode 0755, not 0700; run repair
      """
