Feature: The preview as JSON and as markdown

  Background:
    Given the windows
      | window | title           | next   |
      | W0-CHN | Automation pack | W0-CHP |
      | W0-CHP |                 |        |
    And the snapshots
      | at    | agent | provider | phase  | window | 5h               | weekly | context |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 10:30 | 24%    | 12K     |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 15:30 | 31%    | 100K    |

  Scenario: JSON
    When I run "bin/preview --window W0-CHN --format json" at 13:00
    Then the JSON has
      | path               | value                |
      | window             | W0-CHN               |
      | title              | Automation pack      |
      | declared           | true                 |
      | state              | done                 |
      | starts_at          | 2026-11-22T09:00:00Z |
      | ends_at            | 2026-11-23T00:01:00Z |
      | next               | W0-CHP               |
      | anomalies          | 0                    |
      | budget.used_tokens | 0                    |
      | outcome            | null                 |
      | snapshots_booked   | 2                    |
    And the JSON rows at "meters" are
      | agent | provider | meter  | before | after | delta | delta_min | delta_max | resets | reason | resets_at            |
      | ada   | codex    | 5h     | 72     | 40    | null  | 40        | 68        | 1      | null   | 2026-11-22T15:30:00Z |
      | ada   | codex    | weekly | 24     | 31    | 7     | 7         | 7         | 0      | null   | 2026-11-26T07:30:00Z |
    And the JSON rows at "snapshots" are
      | id | agent | provider | phase  | captured_at          | source | errors |
      | ID | ada   | codex    | before | 2026-11-22T09:00:00Z | stdin  |        |
      | ID | ada   | codex    | after  | 2026-11-22T12:30:00Z | stdin  |        |

  Scenario: JSON of a window without snapshots
    When I run "bin/preview --window W0-CHP --format json"
    Then the JSON has
      | path      | value   |
      | state     | planned |
      | starts_at | null    |
      | ends_at   | null    |
      | next      | null    |
      | anomalies | 0       |
      | meters    |         |

  Scenario: Markdown
    When I run "bin/preview --window W0-CHN --block window --block anomalies --block meters --format markdown" at 13:00
    Then it prints
      """
      - **W0-CHN  Automation pack  \[done\]**
      - from 2026-11-22 09:00, to 2026-11-23 00:01 (in 11h 1m), next W0-CHP
      - Anomalies: 0

      ### Meters

      | agent | provider | meter | before | after | delta | █ old ▓ new |
      | --- | --- | --- | ---: | ---: | ---: | --- |
      | ada | codex | 5h | 72% | 40% | 40 to 68 | ▓▓▓▓▓░░░░░░░ |
      | ada | codex | weekly | 24% | 31% | +7 | ███▓░░░░░░░░ |
      """

  Scenario: An unknown format
    When I run "bin/preview --window W0-CHN --format xml"
    Then it exits with 2 and says "argument --format: invalid choice: 'xml'"
