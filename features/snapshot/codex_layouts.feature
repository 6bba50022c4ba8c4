Feature: Codex's layouts

  Scenario: A usage limit in the block of a model belongs to that model
    Given the pane
      """
      5h limit:     [██████████████████░░] 90% left (resets 15:25)

      GPT-5.3-Codex-Spark limit:
      Usage limit:  [█████████████░░░░░░░] 67% left (resets 13:04)
      Weekly limit: [████░░░░░░░░░░░░░░░░] 20% left (resets 11:00 on 25 Nov)
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 12:00
    Then it prints "BEFORE W0-CHN bo codex: 5h 10%, gpt-5.3-codex-spark:usage 33%, gpt-5.3-codex-spark:weekly 80% (ID)"

  Scenario: A weekly reset without a date that has passed is of today
    Given the pane
      """
      Weekly limit: [█░░░░░░░░░░░░░░░░░░░] 8% left (resets 11:55)
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 12:00
    Then it prints "BEFORE W0-CHN bo codex: weekly 92% [stale] (ID)"
    And row 1 of the journal snapshots has "meters.weekly.resets_at" 2026-11-22T11:55:00Z

  Scenario: An account that the frame cut off is unknown
    Given the pane
      """
      │ Account:     jo@example.compa │
      │ 5h limit:    60% left         │
      │              (resets 15:25)   │
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 12:00
    Then row 1 of the journal snapshots has "account" null

  Scenario: Credits, and a cap on spending
    Given the pane
      """
      Account:              jo@example.com (Enterprise (Automation))
      Monthly credit limit: [██████████████░░░░░░] 68% left (resets 00:00 on 1 Dec)
                            8,000 of 25,000 credits used
      Spend cap:            Reached
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 12:00
    Then it prints "BEFORE W0-CHN bo codex: monthly-credit 32%, credits 8,000 of 25,000 [spend-cap-reached] (ID)"
    And row 1 of the journal snapshots has "plan" Enterprise (Automation)
    And row 1 of the journal snapshots has "amounts.credits.used" 8000
    And row 1 of the journal snapshots has "amounts.credits.limit" 25000

  Scenario: The JSON of the app server
    Given the pane
      """
      {"id": 1, "result": {"rateLimits": {"primary": {"usedPercent": 25, "windowDurationMins": 300,
       "resetsAt": 1795345200}, "secondary": null, "credits": {"balance": "38"}, "planType": "pro"}}}
      """
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo codex: 5h 25%, credits 38 left (ID)"
    And row 1 of the journal snapshots has "plan" pro
    And row 1 of the journal snapshots has "amounts.credits.left" 38

  Scenario: A length has one name, in a pane and in JSON
    Given the pane
      """
      5-hour limit: 11% used (resets 13:10)
      7d limit: 24% used (resets 07:30 on 26 Nov)
      """
    When I pipe the pane into "bin/snapshot start codex --window W1 --agent bo" at 09:00
    Then it prints "BEFORE W1 bo codex: 5h 11%, weekly 24% (ID)"
    Given the pane
      """
      {"rateLimits": {"primary": {"usedPercent": 25, "windowDurationMins": 299, "resetsAt": 1795353000},
       "secondary": {"usedPercent": 26, "windowDurationMins": 10079, "resetsAt": 1795678200}}}
      """
    When I pipe the pane into "bin/snapshot end codex --agent bo" at 10:00
    Then it prints "AFTER W1 bo codex: 5h 25%, weekly 26% (ID)"
