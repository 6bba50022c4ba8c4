Feature: schedule prints the jobs for each scheduler

  `schedule` prints what config/schedules.toml declares: a crontab, systemd user units with `--as
  systemd`, property lists with `--as launchd`. Each job runs its recipe under bin/_job, which keeps a
  log. It writes nothing.

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

  Scenario: A crontab has a line for every time
    When I run "bin/schedule"
    Then it prints
      """
      # burnbook:begin PROJECT
      # From config/schedules.toml, by `just schedule`; `just schedule remove` removes it.
      6 0 * * 1-5  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin BURNBOOK_DATA_DIR=BOOK BURNBOOK_CONFIG_DIR=CONFIG PROJECT/bin/_job look check --quiet
      11 0 * * 1-5  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin BURNBOOK_DATA_DIR=BOOK BURNBOOK_CONFIG_DIR=CONFIG PROJECT/bin/_job look check --quiet
      */10 * * * *  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin BURNBOOK_DATA_DIR=BOOK BURNBOOK_CONFIG_DIR=CONFIG PROJECT/bin/_job -l count ingest proxy-telemetry
      # burnbook:end PROJECT
      """
    And it prints no message
    And nothing was written

  Scenario: systemd units catch up on missed runs if the job may be late
    When I run "bin/schedule --as systemd"
    Then it prints the lines
      """
      # burnbook-look.service
      ExecStart=/bin/sh "PROJECT/bin/_job" "look" "check" "--quiet"
      # burnbook-look.timer
      OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 00:06:00
      OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 00:11:00
      Persistent=true
      # burnbook-count.timer
      OnCalendar=*-*-* *:00,10,20,30,40,50:00
      Persistent=false
      """
    And it prints no line with "never"
    And nothing was written

  Scenario: launchd property lists
    When I run "bin/schedule --as launchd"
    Then it prints the lines
      """
      <!-- Written by `just schedule` of PROJECT from config/schedules.toml -->
      <string>burnbook.look</string>
      <key>Weekday</key>
      <string>burnbook.count</string>
      <string>-l</string>
      """
    And it prints no message

  Scenario: JSON
    When I run "bin/schedule --format json" at 21:04
    Then the JSON rows at "jobs" are
      | name  | recipe  | catch_up | enabled | next_at              |
      | look  | check   | true     | true    | 2026-11-23T00:06:00Z |
      | count | ingest  | false    | true    | 2026-11-22T21:10:00Z |
      | never | preview | true     | false   | null                 |

  Scenario: Markdown
    Given the config file schedules.toml says
      """
      """
    When I run "bin/schedule --format markdown"
    Then it prints
      """
      ```text
      # burnbook:begin PROJECT
      # From config/schedules.toml, by `just schedule`; `just schedule remove` removes it.
      # burnbook:end PROJECT
      ```
      """
