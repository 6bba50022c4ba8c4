Feature: Claude's layouts, and what it shows instead of limits

  Scenario: A narrow terminal, where the bar of an unused week is a blank line
    Given the pane
      """
      Current session · Resets 3pm
      (Asia/Tokyo)
      ████████████████
      40% used

      Current week (all models)

      0% used
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 03:00
    Then it prints "BEFORE W0-CHN bo claude: session 40%, week-all-models 0% [reset-not-shown:week-all-models] (ID)"
    And row 1 of the journal snapshots has "meters.session.resets_at" 2026-11-22T06:00:00Z

  Scenario: Usage credits have a limit in money, and reset on a day
    Given the pane
      """
      Usage credits
      █████▋                                             11% used
      $4.50 / $40.00 spent · Resets Dec 1 (America/Los_Angeles)
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo claude: extra-usage 11% (4.50 of 40 USD) (ID)"
    And row 1 of the journal snapshots has "meters.extra-usage.resets_at" 2026-12-01T08:00:00Z
    And row 1 of the journal snapshots has "amounts.extra-usage.used" 4.5
    And row 1 of the journal snapshots has "amounts.extra-usage.limit" 40

  Scenario Outline: A reset shown as <reset>
    Given the pane
      """
      Current week (all models)
      ██                                   12% used
      <reset>

      Esc to cancel
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then row 1 of the journal snapshots has "meters.week-all-models.resets_at" <moment>

    Examples:
      | reset            | moment               |
      | Resets in 2h 15m | 2026-11-22T11:15:00Z |
      | Resets in 4 days | 2026-11-26T09:00:00Z |
      | (Resets Nov 25)  | 2026-11-25T00:00:00Z |

  Scenario: A time zone that this machine does not know is not read as local
    Given the pane
      """
      Current session
      ████                                 12% used
      Resets 11am (Mars/Olympus)
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo claude: session 12% [reset-not-understood:session unknown-time-zone:session] (ID)"
    And row 1 of the journal snapshots has "meters.session.resets_at" null

  Scenario Outline: Values that may not be current: <line>
    Given the pane
      """
      Current session
      ████                                 12% used
      Resets 11am (UTC)

      <line>
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo claude: session 12% [<word>] (ID)"

    Examples:
      | line                                                    | word             |
      | Per-model breakdown unavailable (rate limited)          | stale            |
      | Could not refresh usage · showing last known values     | stale            |
      | Loading usage data…                                     | usage-not-loaded |
      | Curent week (all models): 23% used · resets 11am (UTC)  | not-understood   |

  Scenario Outline: A pane without limits says why: <line>
    Given the pane
      """
      Settings  Status   Config   Usage   Stats

      <line>
      """
    When I pipe the pane into "bin/snapshot start claude --agent bo" at 09:00
    Then it exits with 65 and says "no meters of claude in the pane (<words>); nothing booked"

    Examples:
      | line                                                   | words                                     |
      | /usage is only available for subscription plans.       | no-subscription, no-meters                |
      | Usage endpoint is rate limited. Please try again.      | usage-not-loaded, rate-limited, no-meters |
      | OAuth token has expired · Please run /login            | not-logged-in, no-meters                  |
      | What's contributing to your limits usage?              | data-not-available, no-meters             |
