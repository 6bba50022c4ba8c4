Feature: the jobs in your crontab

  `schedule install` puts the jobs between two marker lines and `schedule remove` takes them out.
  Everything else in the crontab stays as it is. The book keeps the project's own lines, and the
  number and a salted hash of the others.

  Background:
    Given TZ is set to "UTC"
    And the config file schedules.toml says
      """
      [jobs.look]
      cron   = "6 0 * * *"
      recipe = "check"
      """

  Scenario: beside the lines of your own, and the way back
    Given Ada's crontab is
      """
      MAILTO=ada
      5 4 * * * echo "100\%"
      """
    When I run "bin/schedule install"
    Then Ada's crontab is now
      """
      MAILTO=ada
      5 4 * * * echo "100\%"
      # burnbook:begin PROJECT
      # From config/schedules.toml, by `just schedule`; `just schedule remove` removes it.
      6 0 * * *  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin BURNBOOK_DATA_DIR=BOOK BURNBOOK_CONFIG_DIR=CONFIG PROJECT/bin/_job look check
      # burnbook:end PROJECT
      """
    And the book keeps a record of the project's own lines and 2 others
    When I run "bin/schedule remove"
    Then Ada's crontab is now
      """
      MAILTO=ada
      5 4 * * * echo "100\%"
      """

  Scenario: a second time nothing changes
    Given Ada has no crontab
    When I run "bin/schedule install"
    Then it prints "1 job is in your crontab"
    When I run "bin/schedule install"
    Then it prints "your crontab already has these jobs; nothing changed"
    And nothing was written

  Scenario: after a change of the config the block is brought up to date
    Given Ada has no crontab
    And "bin/schedule install" was run
    And the config file schedules.toml says
      """
      [jobs.look]
      cron   = "7 0 * * *"
      recipe = "check"
      """
    When I run "bin/schedule install"
    Then Ada's crontab is now
      """
      # burnbook:begin PROJECT
      # From config/schedules.toml, by `just schedule`; `just schedule remove` removes it.
      7 0 * * *  /usr/bin/env PATH=/usr/local/bin:/usr/bin:/bin BURNBOOK_DATA_DIR=BOOK BURNBOOK_CONFIG_DIR=CONFIG PROJECT/bin/_job look check
      # burnbook:end PROJECT
      """
    When I run "bin/schedule remove"
    Then Ada has no crontab any more

  Scenario: nothing to remove
    Given Ada's crontab is
      """
      5 4 * * * true
      """
    When I run "bin/schedule remove"
    Then it prints "your crontab has no jobs of this project; nothing changed"
    And nothing was written

  Scenario: a recipe that there is not
    Given Ada has no crontab
    And the config file schedules.toml says
      """
      [jobs.look]
      cron   = "6 0 * * *"
      recipe = "chekc"
      """
    When I run "bin/schedule install"
    Then it exits with 78 and says "schedules.toml: jobs.look.recipe: no recipe is called 'chekc'; valid: "
    And nothing was written

  Scenario: only a crontab is installed; units and property lists are files
    When I run "bin/schedule install --as systemd"
    Then it exits with 2 and says
      """
      schedule: install changes the crontab only; it cannot have --as, --into, --next or --due
      """
