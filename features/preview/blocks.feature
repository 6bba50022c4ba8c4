Feature: The blocks of a preview and their order

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%

  Scenario: One block
    When I run "bin/preview --window W0-CHN --block anomalies"
    Then it prints "Anomalies: 0"

  Scenario: Several blocks, in the order of the flags
    When I run "bin/preview --window W0-CHN --block anomalies --block budget --block window" at 10:00
    Then it prints
      """
      Anomalies: 0
      Budget: no plan, used 0 (no requests are booked; run ingest)
      W0-CHN  Automation pack  [open]
      from 2026-11-22 09:00, to 2026-11-23 00:01 (in 14h 1m), next W0-CHP
      """

  Scenario: The older name of a block
    Given the config file preview.toml says
      """
      blocks = ["prompts"]
      """
    And "bin/snapshot start glm --window W0-CHN --set requests=10 --at 2026-11-22T09:30Z" was run
    When I run "bin/preview --window W0-CHN" at 10:00
    Then it prints a line with "main   glm           10"

  Scenario: Without preview.toml, all blocks in their natural order
    Given the config file preview.toml says
      """
      """
    When I run "bin/preview --window W0-CHN" at 10:00
    Then it prints the lines
      """
      W0-CHN  Automation pack  [open]
      from 2026-11-22 09:00, to 2026-11-23 00:01 (in 14h 1m), next W0-CHP
      Budget: no plan, used 0 (no requests are booked; run ingest)
      Anomalies: 0

      Meters
        agent  provider  meter  before  after  delta  █ old ▓ new
        ada    codex     5h        11%      -   open  █░░░░░░░░░░░

      Snapshots
        when              agent  provider  phase   source  errors
        2026-11-22 09:00  ada    codex     before  stdin
      """

  Scenario: The config chooses the default blocks
    Given the config file preview.toml says
      """
      blocks = ["meters", "anomalies"]
      """
    When I run "bin/preview --window W0-CHN"
    Then it prints
      """
      Meters
        agent  provider  meter  before  after  delta  █ old ▓ new
        ada    codex     5h        11%      -   open  █░░░░░░░░░░░
      Anomalies: 0
      """

  Scenario: The config chooses the width of the bars
    Given the config file preview.toml says
      """
      blocks    = ["meters"]
      bar_width = 0
      """
    When I run "bin/preview --window W0-CHN"
    Then it prints
      """
      Meters
        agent  provider  meter  before  after  delta
        ada    codex     5h        11%      -   open
      """

  Scenario: An unknown block
    When I run "bin/preview --window W0-CHN --block weather"
    Then it exits with 2 and says "preview: unknown block 'weather'; valid: "

  Scenario: JSON has only the keys of the chosen blocks
    When I run "bin/preview --window W0-CHN --block anomalies --format json"
    Then the JSON begins with the keys anomalies, anomaly_list
    And the JSON has
      | path   | value |
      | window |       |
      | meters |       |
