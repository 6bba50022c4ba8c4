Feature: Snapshots of credits

  A plan that is metered in credits may show no percentage at all. Its credits are booked all the same.

  Background:
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "rollouts"
      """
    And the rollout a has the limits
      | at    | limits |
      | 08:55 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "unlimited": false, "balance": "42.50"}} |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 09:00

  Scenario: BEFORE
    Then it prints "BEFORE W0-CHN main codex: credits 42.50 left (ID)"
    And the journal snapshots reads
      | captured_at          | errors |
      | 2026-11-22T08:55:00Z |        |
    And row 1 of the journal snapshots has "amounts.credits.left" 42.5

  Scenario: The spending of a window
    Given the rollout a has the limits
      | at    | limits |
      | 10:55 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "unlimited": false, "balance": "30"}, "spend_control_reached": true} |
    When I run "bin/snapshot end codex --capture" at 11:00
    Then it prints "AFTER W0-CHN main codex: credits 30 left [spend-cap-reached] (ID)"
    When I run "bin/preview W0-CHN"
    Then it prints the lines
      """
        agent  provider  amount   before      after    spent
        main   codex     credits  42.50 left  30 left  12.50
      """
    When I run "bin/preview W0-CHN --format json"
    Then the JSON has
      | path                  | value   |
      | amounts.0.account     | ~/.codex |
      | amounts.0.name        | credits |
      | amounts.0.unit        | credits |
      | amounts.0.before.left | 42.5    |
      | amounts.0.after.left  | 30      |
      | amounts.0.spent       | 12.5    |
    When I run "bin/windows"
    Then it prints a line with "codex 12.50 credits"

  Scenario: Old credits are stale
    When I run "bin/snapshot end codex --capture" at 11:00
    Then it prints "AFTER W0-CHN main codex: credits 42.50 left [stale] (ID)"
