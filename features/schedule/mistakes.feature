Feature: Mistakes in schedules.toml and in the call

  Background:
    Given TZ is set to "UTC"
    And the config file schedules.toml says
      """
      [jobs.look]
      cron    = "6 0 * * mon-fri"
      retries = ["11 0 * * mon-fri"]
      recipe  = "check"
      args    = ["--quiet"]

      [jobs.count]
      cron     = "*/10 * * * *"
      recipe   = "ingest"
      args     = ["proxy-telemetry"]
      catch_up = false

      [jobs.never]
      cron    = "@daily"
      recipe  = "preview"
      enabled = false
      """

  Scenario Outline: A mistake in schedules.toml
    Given the config file schedules.toml says
      """
      [jobs.look]
      cron   = "<cron>"
      recipe = "check"
      """
    When I run "bin/schedule"
    Then it exits with 78 and says "CONFIG/schedules.toml: jobs.look.cron: <sentence>"

    Examples:
      | cron        | sentence                                             |
      | 6 0 * *     | '6 0 * *' has 4 fields; valid: five                  |
      | 66 0 * * *  | minute '66' is not valid; valid: 0 to 59             |
      | 0 0 30 2 *  | '0 0 30 2 *' never runs                              |
      | @reboot     | unknown '@reboot'; valid: five fields, or            |

  Scenario: An unknown schedule format
    When I run "bin/schedule --as cron"
    Then it exits with 2 and says "schedule: unknown format --as 'cron'; valid: "
