Feature: BEFORE and AFTER of different accounts

  Scenario: The delta is unknown, and that is an anomaly
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And ada ends codex at 12:00 with account bo@example.com, weekly 70%
    When I run "bin/preview --window W0-CHN --block meters --block anomalies --format json"
    Then the JSON rows at "meters" are
      | before | after | delta | delta_min | reason          |
      | 20     | 70    | null  | null      | account-changed |
    And the JSON rows at "anomaly_list" are
      | kind            | agent | subject |
      | account-changed | ada   | codex   |
    When I run "bin/finalize --window W0-CHN --features codex=10" at 12:10
    And I run "bin/preview --window W0-CHN --block efficiency --format json"
    Then the JSON value at "efficiency.0.window.points_min" is null
    And the journal anomalies reads
      | kind            | agent | subject |
      | account-changed | ada   | codex   |

  Scenario: The same change is found behind a label
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["ada"]
      """
    And ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And ada ends codex at 12:00 with account bo@example.com, weekly 70%
    When I run "bin/preview --window W0-CHN --block anomalies --format json"
    Then the JSON value at "anomaly_list.0.kind" is account-changed

  Scenario: A pane without an account is of the agent's last known one, and the preview says so
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And ada ends codex at 12:00 with weekly 25%
    When I run "bin/preview --window W0-CHN --block meters --block anomalies"
    Then it prints
      """
      Meters
        agent  provider  meter   before  after  delta  █ old ▓ new
        ada    codex     weekly     20%    25%     +5  ██▓░░░░░░░░░
      ada codex: a pane shows no account; the last known one counts
      Anomalies: 0
      """

  Scenario: An account that is shown first at AFTER is that of BEFORE
    Given ada starts codex in W0-CHN at 09:00 with weekly 20%
    And ada ends codex at 12:00 with account ada@example.com, weekly 25%
    When I run "bin/preview --window W0-CHN --block meters --block anomalies --format json"
    Then the JSON has
      | path           | value |
      | meters.0.delta | 5     |
      | anomalies      | 0     |

  Scenario: Voiding the pane of the other account drops the anomaly
    Given ada starts codex in W0-CHN at 09:00 with account ada@example.com, weekly 20%
    And ada ends codex at 12:00 with account bo@example.com, weekly 70%
    And "bin/finalize --window W0-CHN --at 2026-11-22T12:10Z" was run
    And "bin/undo codex --agent ada" was run
    When I run "bin/preview --window W0-CHN --block anomalies --format json"
    Then the JSON value at "anomalies" is 0

  Scenario: A pane that is read without the variable of its folder is of the agent's last folder
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      homes    = ["~/.codex-work"]

      [accounts.private]
      provider = "codex"
      homes    = ["~/.codex"]
      """
    And CODEX_HOME is set to "~/.codex-work"
    And ada starts codex in W0-CHN at 09:00 with weekly 20%
    And CODEX_HOME is not set
    And ada ends codex at 12:00 with weekly 25%
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON has
      | path                  | value      |
      | meters.0.delta        | 5          |
      | meters.0.account      | work       |
      | meters.0.account_from | last-known |

  Scenario: Panes of two folders are of different accounts
    Given CODEX_HOME is set to "~/.codex-work"
    And ada starts codex in W0-CHN at 09:00 with weekly 20%
    And CODEX_HOME is set to "~/.codex"
    And ada ends codex at 12:00 with weekly 25%
    When I run "bin/preview --window W0-CHN --block meters --block anomalies --format json"
    Then the JSON has
      | path                  | value           |
      | meters.0.delta        | null            |
      | meters.0.reason       | account-changed |
      | anomaly_list.0.first  | ~/.codex-work   |
      | anomaly_list.0.second | ~/.codex        |
