Feature: schedule --into writes the files

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

  Scenario: Units for systemd
    When I run "bin/schedule --as systemd --into units"
    Then it prints the lines
      """
      4 of 4 files written to HOME/units
      HOME/units/burnbook-look.service
      HOME/units/burnbook-look.timer
      HOME/units/burnbook-count.service
      HOME/units/burnbook-count.timer
      to enable: systemctl --user daemon-reload && systemctl --user enable --now burnbook-look.timer burnbook-count.timer
      """
    When I run "bin/schedule --as systemd --into units"
    Then it prints the lines
      """
      0 of 4 files written to HOME/units
      """
    And nothing was written
