Feature: Schedules that cannot be installed

  Background:
    Given TZ is set to "UTC"
    And the config file schedules.toml says
      """
      [jobs.look]
      cron   = "6 0 * * *"
      recipe = "check"
      """

  Scenario: An unknown recipe
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

  Scenario: Only a crontab can be installed
    When I run "bin/schedule install --as systemd"
    Then it exits with 2 and says
      """
      schedule: install changes the crontab only; it cannot have --as, --into, --next or --due
      """
