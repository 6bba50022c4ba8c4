Feature: The preview shows one window at a glance

  Background:
    Given the windows
      | window | title            | next   |
      | W0-CHN | Automation pack  | W0-CHP |
      | W0-CHP | Provider bridges |        |

  Scenario: A finished window
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               | weekly | context |
      | 09:00 | ada   | codex    | before | W0-CHN | 4%               | 24%    | 12K     |
      | 09:00 | bo    | codex    | before | W0-CHN | 72% resets 10:30 | 58%    |         |
      | 12:30 | ada   | codex    | after  | W0-CHN | 51%              | 31%    | 154K    |
      | 12:31 | bo    | codex    | after  | W0-CHN | 40% resets 15:30 | 61%    |         |
    And "bin/finalize --window W0-CHN --agent ada --features codex=5 --quality 4 --outcome pass" was run
    When I run "bin/preview --window W0-CHN" at 13:00
    Then it prints
      """
      W0-CHN  Automation pack  [finalized]
      from 2026-11-22 09:00, to 2026-11-23 00:01, next W0-CHP
      Budget: no plan, used 0 (no requests are booked; run ingest)
      Context: 154,000 of 272,000 tokens (ada codex)
      Anomalies: 0

      Meters
        agent  provider  meter   before  after     delta  █ old ▓ new
        ada    codex     5h          4%    51%       +47  ▓▓▓▓▓▓░░░░░░
        ada    codex     weekly     24%    31%        +7  ███▓░░░░░░░░
        bo     codex     5h         72%    40%  40 to 68  ▓▓▓▓▓░░░░░░░
        bo     codex     weekly     58%    61%        +3  ███████░░░░░

      Efficiency (features per percentage point)
        provider  features  points  per point  n  ratio  95% interval  power
        codex            5      10      0.500  1      -             -      -

      Outcome
      outcome pass, quality 4/5, features codex=5

      Snapshots
        when              agent  provider  phase   source  errors
        2026-11-22 09:00  ada    codex     before  stdin
        2026-11-22 09:00  bo     codex     before  stdin
        2026-11-22 12:30  ada    codex     after   stdin
        2026-11-22 12:31  bo     codex     after   stdin
      """
    And no line is longer than 80 characters
    And nothing was written

  Scenario: A corrupt row is skipped with a message
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h  |
      | 09:00 | ada   | codex    | before | W0-CHN | 11% |
      | 09:00 | bo    | codex    | before | W0-CHN | 63% |
    And in row 2 of the journal snapshots ""used_percent":63.0" became ""used_percent":36.0"
    When I run "bin/preview --window W0-CHN --format json" at 10:00
    Then the JSON rows at "meters" are
      | agent | before |
      | ada   | 11     |
    And it warns
      """
      preview: 1 corrupt line skipped; run check
      """
