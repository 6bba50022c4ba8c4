Feature: doctor reports every wrong value of the config

  It names the file, the key, the value and what is valid, a line each.

  Scenario: Several mistakes in several files
    Given the config file windows.toml says
      """
      timezone = "UTC"
      [windows.W1]
      ends = "tomorrow"
      next = "W9"
      """
    And the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      alias    = "o"

      [agents.x]
      provider = "abacus"
      alias    = "o"
      """
    When I run "bin/doctor"
    Then it exits with 1
    And doctor reports for windows.toml
      """
      fail set-up windows.toml CONFIG/windows.toml: windows.W1.ends = 'tomorrow' is not valid; valid: a date and time such as 2026-11-22T18:00:00
      fail set-up windows.toml CONFIG/windows.toml: windows.W1.next = 'W9' is not valid; valid: none is declared
      """
    And doctor reports for agents.toml
      """
      fail set-up agents.toml CONFIG/agents.toml: agents.x.provider = 'abacus' is not valid; valid: 
      fail set-up agents.toml CONFIG/agents.toml: agents.x.alias = 'o' is not valid; valid: a letter of its own; agents.main has this one
      """

  Scenario Outline: <file>: <mistake>
    Given the config file <file> says
      """
      <table>
      <first>
      <second>
      """
    When I run "bin/doctor"
    Then doctor reports for <file>
      """
      <verdict> set-up <file> CONFIG/<file>: <sentence>
      """

    Examples:
      | file           | mistake                        | verdict | table            | first                          | second                                                         | sentence                                                                                                                           |
      | windows.toml   | windows that follow each other | fail    | timezone = "UTC" | windows.A.next = "B"           | windows.B.next = "A"                                           | windows.A.next = 'B' is not valid; valid: a window that does not lead back to A (A > B > A)                                        |
      | budgets.toml   | an unknown provider            | fail    | [stop.weekly]    | provider = "abacus"            | left_percent_below = 10                                        | stop.weekly.provider = 'abacus' is not valid; valid:                                                             |
      | preview.toml   | an unknown block               | fail    |                  | blocks = ["window", "weather"] |                                                                | blocks[1] = 'weather' is not valid; valid:                                                                       |
      | schedules.toml | an unknown recipe              | fail    | [jobs.a]         | cron = "6 0 * * *"             | recipe = "rest"                                                | jobs.a.recipe = 'rest' is not valid; valid:                                                                         |
      | schedules.toml | an unknown feed                | fail    | [jobs]           |                                | a = { cron = "6 0 * * *", recipe = "ingest", args = ["clod"] } | jobs.a.args = ['clod'] is not valid; valid: first one of:                                                            |
      | schedules.toml | another zone than the reset    | warn    |                  | timezone = "Asia/Tokyo"        |                                                                | timezone = 'Asia/Tokyo' is not valid; valid: 'UTC', the zone of windows.toml                                                       |
      | agents.toml    | a program that jobs cannot run | warn    | [agents.main]    | provider = "codex"             | capture = ["no-program"]                                       | agents.main.capture[0] = 'no-program' is not valid; valid: a program on the jobs' PATH; add its folder to `path` in schedules.toml |
      | churn.toml     | no repository                  | warn    | [repositories]   | app = "~/nothing"              |                                                                | repositories.app = '~/nothing' is not valid; valid: a folder in a git repository                                                   |

  Scenario: A capture that shows no meters with a setup token
    Given CLAUDE_CODE_OAUTH_TOKEN is set to "invented"
    And the config file agents.toml says
      """
      [agents.main]
      provider = "claude"
      capture  = ["cat", "/usage"]
      """
    When I run "bin/doctor"
    Then doctor reports for agents.toml
      """
      warn set-up agents.toml CONFIG/agents.toml: agents.main.capture = ['cat', '/usage'] is not valid; valid: "statusline"; with a setup token (CLAUDE_CODE_OAUTH_TOKEN) /usage shows no meters
      """
    And it prints no line with "invented"

  Scenario: A file that no command reads
    Given the config file agent.toml says
      """
      [agents.main]
      """
    When I run "bin/doctor"
    Then it exits with 0
    And doctor reports for agent.toml
      """
      warn set-up agent.toml CONFIG/agent.toml is not read; valid: windows.toml,
      """
