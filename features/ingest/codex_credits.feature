Feature: The credits in Codex's rollouts

  Business, Edu and Enterprise plans are metered in credits: their limits have no windows. The credits
  of a line are booked beside its meters.

  Scenario: A plan with a limit in credits
    Given the rollout a has the limits
      | at    | limits |
      | 08:00 | {"plan_type": "business", "individual_limit": {"limit": "25000", "used": "8000", "remaining_percent": 68, "resets_at": epoch(2026-12-01 00:00)}} |
      | 09:00 | {"plan_type": "business", "individual_limit": {"limit": "25000", "used": "9000", "remaining_percent": 64, "resets_at": epoch(2026-12-01 00:00)}} |
    When I run "bin/ingest codex"
    Then the journal meters reads
      | provider | captured_at          | plan     |
      | codex    | 2026-11-22T09:00:00Z | business |
    And row 1 of the journal meters has "meters.monthly-credit.used_percent" 36
    And row 1 of the journal meters has "amounts.credits.used" 9000
    And row 1 of the journal meters has "amounts.credits.limit" 25000

  Scenario: Credits without any limit
    Given the rollout a has the limits
      | at    | limits |
      | 08:00 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "unlimited": false, "balance": "42.50"}} |
      | 09:00 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "unlimited": false, "balance": "40.25"}} |
    And "bin/ingest codex" was run
    Then the journal meters has 1 row
    And row 1 of the journal meters has "captured_at" 2026-11-22T09:00:00Z
    And row 1 of the journal meters has "amounts.credits.left" 40.25
    Given the rollout b has the limits
      | at    | limits |
      | 09:30 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "unlimited": false, "balance": "40.25"}} |
    When I run "bin/ingest codex"
    Then the journal meters has 1 row

  Scenario: A limit that is reached
    Given the rollout a has the limits
      | at    | limits |
      | 08:00 | {"primary": {"used_percent": 99, "window_minutes": 300, "resets_at": epoch(11:00)}} |
      | 09:00 | {"primary": {"used_percent": 100, "window_minutes": 300, "resets_at": epoch(11:00)}, "rate_limit_reached_type": "rate_limit_reached"} |
      | 09:10 | {"primary": {"used_percent": 100, "window_minutes": 300, "resets_at": epoch(11:00)}} |
    When I run "bin/ingest codex"
    Then the journal meters reads
      | captured_at          | reached            | 5h  |
      | 2026-11-22T09:00:00Z | rate_limit_reached |     |
      | 2026-11-22T09:10:00Z |                    | 100 |
    And "bin/check" finds nothing

  Scenario: The newest credits of an account
    Given the rollout a has the limits
      | at    | limits |
      | 09:00 | {"primary": null, "secondary": null, "credits": {"has_credits": true, "balance": "40.25"}} |
    And agents used, with their folder .codex
      | tool  | input | output |
      | codex | 100   | 0      |
    And "bin/ingest codex" was run
    When I run "bin/usage account"
    Then it prints a line with "~/.codex: codex credits 40.25 left at 2026-11-22 09:00"
    When I run "bin/usage account --format json"
    Then the JSON has
      | path               | value                |
      | amounts.0.account  | ~/.codex             |
      | amounts.0.name     | credits              |
      | amounts.0.left     | 40.25                |
