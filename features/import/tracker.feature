Feature: Import the data directory of an older tracker

  Background:
    Given the file old/snapshots.jsonl with
      """
      {"window": "W0-01", "provider": "codex", "phase": "after", "captured_at": "2025-09-27T12:30:00+00:00", "notes": "", "raw_text": "5h limit: 51% used (resets 13:04)\nWeekly limit: 31% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      {"window": "W0-01", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00:00+00:00", "notes": "first", "raw_text": "5h limit: 11% used (resets 13:04)\nWeekly limit: 24% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      """

  Scenario: Panes are parsed as of their own time and booked in order
    When I run "bin/import tracker old"
    Then it prints
      """
      tracker: accepted 2, duplicates 0, rejected 0
      snapshots.jsonl: accepted 2, duplicates 0, rejected 0
      """
    And the journal snapshots reads
      | agent | window | phase  | captured_at          | 5h | weekly | meters.5h.resets_at  | source | notes |
      | main  | W0-01  | before | 2025-09-27T09:00:00Z | 11 | 24     | 2025-09-27T13:04:00Z | import | first |
      | main  | W0-01  | after  | 2025-09-27T12:30:00Z | 51 | 31     | 2025-09-27T13:04:00Z | import |       |
    And the book keeps 2 raw panes

  Scenario: An override without a pane counts with its figures
    Given the file old/snapshots.jsonl with
      """
      {"window": "W0-02", "provider": "claude", "phase": "before", "captured_at": "2025-09-28T09:00:00+00:00", "raw_text": "", "parsed": {"session_pct": 7, "session_resets": "1:59pm (UTC)", "all_models_pct": 40, "all_models_resets": null, "errors": ["manual-override"]}, "source": "override"}
      """
    When I run "bin/import tracker old --agent ada"
    Then the journal snapshots reads
      | agent | session | week-all-models | meters.session.resets_at | errors                          | notes                     |
      | ada   | 7       | 40              | 2025-09-28T13:59:00Z     | reset-not-shown:week-all-models | [override in the tracker] |

  Scenario: A window keeps its deltas, features and outcome
    Given the file old/windows.jsonl with
      """
      {"window": "W0-01", "finalized_at": "2025-09-27T20:00:00+00:00", "features": {"codex": 3, "glm": 0}, "quality_score": 1.0, "quality": 1.0, "outcome": "pass", "notes": "calm", "providers": {}, "commit_start": "abc1234", "commit_end": "def5678"}
      """
    And "bin/import tracker old" was run
    When I run "bin/import tracker old"
    Then it prints the lines
      """
      windows.jsonl: accepted 0, duplicates 1, rejected 0
      """
    And the journal windows reads
      | window | finalized_at         | features.codex | quality | outcome | notes                             | commit_end | source |
      | W0-01  | 2025-09-27T20:00:00Z | 3              | null    | pass    | calm; quality=1.0 in the tracker  | def5678    | import |
    When I run "bin/preview --window W0-01 --format json"
    Then the JSON rows at "meters" are
      | meter  | before | after | delta |
      | 5h     | 11     | 51    | 40    |
      | weekly | 24     | 31    | 7     |

  Scenario: Churn is imported without its repository
    Given the file old/churn.jsonl with
      """
      {"window": "W0-01", "provider": "multi", "commit_start": "abc1234", "commit_end": "def5678", "files_changed": 7, "insertions": 120, "deletions": 30, "net": 90, "features": 5, "normalized_churn": 30.0, "notes": "", "paths": null}
      """
    When I run "bin/import tracker old"
    Then the journal churn reads
      | window | provider | files_changed | insertions | deletions | net | normalized_churn | notes                     |
      | W0-01  | null     | 7             | 120        | 30        | 90  | 30               | commits abc1234..def5678 |

  Scenario: One telemetry row per window
    Given the file old/proxy_telemetry.jsonl with
      """
      {"window": "W0-01", "provider": "proxy-telemetry", "captured_at": "2025-09-27T19:00:00+00:00", "raw_text": "{\"ts\": \"2025-09-27T10:00:00Z\", \"rid\": \"login\", \"lane\": \"glm\", \"model\": \"glm-4.6\", \"status\": 200, \"in_tokens\": 900, \"out_tokens\": 120, \"latency_ms\": 820}\n{\"ts\": \"2025-09-27T10:01:00Z\", \"rid\": \"csv\", \"lane\": \"moon\"}", "parsed": {"total": 2}}
      """
    When I run "bin/import tracker old"
    Then it prints the lines
      """
      proxy_telemetry.jsonl: accepted 1, duplicates 0, rejected 1
      """
    And the journal proxy_telemetry reads
      | window | rid   | input_tokens | output_tokens | source |
      | W0-01  | login | 900          | 120           | import |
    And the journal rejects/import reads
      | line | reason                          |
      | 1    | proxy_telemetry.jsonl: no model |
