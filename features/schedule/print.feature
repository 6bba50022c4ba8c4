Feature: the jobs as each scheduler has them

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

  Scenario: a crontab, with a line for every time
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
    And it notes nothing
    And nothing was written

  Scenario: systemd units, which catch up where the job may be late
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

  Scenario: property lists; launchd runs what it slept through, and -l leaves out what comes late
    When I run "bin/schedule --as launchd"
    Then it prints the lines
      """
      <!-- Written by `just schedule` of PROJECT from config/schedules.toml -->
      <string>burnbook.look</string>
      <key>Weekday</key>
      <string>burnbook.count</string>
      <string>-l</string>
      """
    And it notes nothing

  Scenario: when each runs next
    When I run "bin/schedule --next" at 21:04
    Then it prints
      """
        next              job    runs
        2026-11-22 21:10  count  just ingest proxy-telemetry
        2026-11-23 00:06  look   just check --quiet
        off               never  just preview
      """

  Scenario Outline: whether a job is due, or so late that it is left out
    When I run "bin/schedule --due look" at <at>
    Then it exits with <code>

    Examples:
      | at               | code |
      | 2026-11-23 00:06 | 0    |
      | 2026-11-23 00:20 | 0    |
      | 2026-11-23 00:21 | 1    |
      | 2026-11-23 08:00 | 1    |

  Scenario: as JSON
    When I run "bin/schedule --format json" at 21:04
    Then the JSON rows at "jobs" are
      | name  | recipe  | catch_up | enabled | next_at              |
      | look  | check   | true     | true    | 2026-11-23T00:06:00Z |
      | count | ingest  | false    | true    | 2026-11-22T21:10:00Z |
      | never | preview | true     | false   | null                 |

  Scenario: to be pasted
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

  Scenario: a zone other than the machine's
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
    And it notes
      """
      schedule: the jobs' times are of the zone Asia/Tokyo (schedules.toml), the reset's of UTC
      (windows.toml)
      """

  Scenario: into files, for systemd
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

  Scenario Outline: what cannot be used is one sentence
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
      | @reboot     | '@reboot' is not known; valid: five fields, or       |

  Scenario: a word that is not known
    When I run "bin/schedule --as cron"
    Then it exits with 2 and says
      """
      schedule: unknown format --as 'cron'; valid: crontab, launchd, systemd
      """
