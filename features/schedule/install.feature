Feature: The jobs in your crontab

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

  Scenario: Your own lines are kept, and remove restores them
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

  Scenario: Installing again changes nothing
    Given Ada has no crontab
    When I run "bin/schedule install"
    Then it prints "1 job is in your crontab"
    When I run "bin/schedule install"
    Then it prints "your crontab already has these jobs; nothing changed"
    And nothing was written

  Scenario: After a change of the config the block is updated
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

  Scenario: Nothing to remove
    Given Ada's crontab is
      """
      5 4 * * * true
      """
    When I run "bin/schedule remove"
    Then it prints "your crontab has no jobs of this project; nothing changed"
    And nothing was written
