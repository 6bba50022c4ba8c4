Feature: When jobs run

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

  Scenario: The next run of each job
    When I run "bin/schedule --next" at 21:04
    Then it prints
      """
        next              job    runs
        2026-11-22 21:10  count  just ingest proxy-telemetry
        2026-11-23 00:06  look   just check --quiet
        off               never  just preview
      """

  Scenario Outline: Whether a job is due or too late
    When I run "bin/schedule --due look" at <at>
    Then it exits with <code>

    Examples:
      | at               | code |
      | 2026-11-23 00:06 | 0    |
      | 2026-11-23 00:20 | 0    |
      | 2026-11-23 00:21 | 1    |
      | 2026-11-23 08:00 | 1    |

  Scenario: A time zone other than the machine's
    Given the config file schedules.toml says
      """
      timezone = "Asia/Tokyo"

      [jobs.look]
      cron   = "6 0 * * *"
      recipe = "check"
      """
    When I run "bin/schedule --as systemd"
    Then it prints the lines
      """
      OnCalendar=*-*-* 00:06:00 Asia/Tokyo
      """
    And it warns
      """
      schedule: the jobs use the zone Asia/Tokyo (schedules.toml), the reset uses UTC (windows.toml)
      """
