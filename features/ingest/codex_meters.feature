Feature: The official meters in Codex's rollouts, the last of each window

  Background:
    Given the rollout a contains
      | at    | 5h            | weekly                   |
      | 08:00 | 20 till 09:30 | 30 till 2026-11-26 00:00 |
      | 09:00 | 25 till 09:30 | 31 till 2026-11-26 00:00 |
      | 09:40 | 2 till 14:32  | 31 till 2026-11-26 00:01 |
      | 09:50 | none          | none                     |

  Scenario: One row for each window of a meter
    When I run "bin/ingest codex"
    Then the journal meters reads
      | provider | source | captured_at          | plan | session | 5h | weekly |
      | codex    | codex  | 2026-11-22T09:00:00Z | pro  |         | 25 |        |
      | codex    | codex  | 2026-11-22T09:40:00Z | pro  |         | 2  | 31     |
    And row 1 of the journal meters has "session" a
    And row 2 of the journal meters has "meters.5h.resets_at" 2026-11-22T14:32:00Z
    And row 2 of the journal meters has "meters.5h.window_minutes" 300
    When I run "bin/ingest codex"
    Then the journal meters has 2 rows
    And "bin/check" finds nothing

  Scenario: Reading again books nothing twice
    Given "bin/ingest codex" was run
    And the cache of the book is gone
    When I run "bin/ingest codex"
    Then the journal meters has 2 rows

  Scenario: A later call adds what is new about a window
    Given "bin/ingest codex" was run
    And the rollout b contains
      | at    | 5h            | weekly                   |
      | 10:00 | 1 till 14:32  | 31 till 2026-11-26 00:00 |
    And "bin/ingest codex" was run
    And the rollout c contains
      | at    | 5h            | weekly                   |
      | 10:10 | 9 till 14:31  | 31 till 2026-11-26 00:00 |
    When I run "bin/ingest codex"
    Then the journal meters reads
      | captured_at          | 5h | weekly |
      | 2026-11-22T09:00:00Z | 25 |        |
      | 2026-11-22T09:40:00Z | 2  | 31     |
      | 2026-11-22T10:10:00Z | 9  |        |

  Scenario: An unused window that keeps moving is one window
    Given the rollout b contains
      | at    | 5h           | weekly                   |
      | 10:00 | 0 till 15:00 | 31 till 2026-11-26 00:00 |
      | 11:00 | 0 till 16:00 | 31 till 2026-11-26 00:00 |
      | 12:00 | 0 till 17:00 | 31 till 2026-11-26 00:00 |
    When I run "bin/ingest codex --file .codex/sessions/2026/11/22/rollout-b.jsonl"
    Then the journal meters reads
      | captured_at          | 5h | weekly |
      | 2026-11-22T12:00:00Z | 0  | 31     |
