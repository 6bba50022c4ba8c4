Feature: capture keeps the output of a declared command

  `capture NAME` runs the command of [captures.NAME] in config/schedules.toml with no lock held, and
  keeps what it prints under captures/NAME/, once per content, without e-mail addresses and keys.

  Scenario: ccusage, day by day
    Given the program ccusage prints
      """
      {"daily": [{"date": "2026-11-22", "totalTokens": 356894}]}
      """
    When I run "bin/capture ccusage-daily" at 2026-11-23 01:06
    Then it prints "ccusage-daily: kept in BOOK/captures/ccusage-daily/20261123T010600Z.json"
    And the file captures/ccusage-daily/20261123T010600Z.json of the book reads
      """
      {"daily": [{"date": "2026-11-22", "totalTokens": 356894}]}
      """
    And only its owner can read the book

  Scenario: The same output is kept once
    Given the program ccusage prints
      """
      {"daily": []}
      """
    And "bin/capture ccusage-daily --at 2026-11-22T01:06Z" was run
    When I run "bin/capture ccusage-daily" at 2026-11-23 01:06
    Then it prints "ccusage-daily: unchanged, in BOOK/captures/ccusage-daily/20261122T010600Z.json"
    And the book keeps these captures
      | file                                |
      | ccusage-daily/20261122T010600Z.json |

  Scenario: E-mail addresses and keys are removed
    Given the program ccusage prints
      """
      {"account": "ada@example.com", "key": "sk-ant-abcd1234efgh5678"}
      """
    When I run "bin/capture ccusage-weekly" at 2026-11-23 01:06
    Then no file of the book contains "ada@example.com"
    And no file of the book contains "abcd1234efgh5678"

  Scenario: The command does not exist
    When I run "bin/capture ccusage-daily"
    Then it exits with 66 and says
      """
      capture: the capture command 'ccusage' is not on PATH; install it, or add its folder to PATH (for jobs: `path` in schedules.toml)
      """
    And nothing was created

  Scenario: An undeclared name
    When I run "bin/capture usage"
    Then it exits with 2 and says
      """
      capture: no capture is called 'usage'; valid: ccusage-daily, ccusage-weekly
      """
    And nothing was created
