Feature: What the tracker import refuses

  Background:
    Given the file old/snapshots.jsonl with
      """
      {"window": "W0-01", "provider": "codex", "phase": "after", "captured_at": "2025-09-27T12:30:00+00:00", "notes": "", "raw_text": "5h limit: 51% used (resets 13:04)\nWeekly limit: 31% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      {"window": "W0-01", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00:00+00:00", "notes": "first", "raw_text": "5h limit: 11% used (resets 13:04)\nWeekly limit: 24% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      """

  Scenario: Unusable rows are kept with file, line and reason
    Given the file old/snapshots.jsonl with
      """
      {"window": "../up", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00:00Z", "raw_text": "5h limit: 1% used"}
      {"window": "W0-01", "provider": "codex", "phase": "before", "raw_text": "5h limit: 1% used"}
      {"window": "W0-01", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00:00Z", "raw_text": "oops"}
      {"window": "W0-01", "provi
      """
    When I run "bin/import tracker old"
    Then it exits with 65
    And the journal rejects/import reads
      | line | reason                                                                                                        |
      | 1    | snapshots.jsonl: window '../up' is not an id; valid: 1 to 64 of A-Z a-z 0-9 . _ - and a letter or digit first |
      | 2    | snapshots.jsonl: Object missing required field `captured_at`                                                  |
      | 3    | snapshots.jsonl: no meters in its raw_text (no-meters), and no figures                                        |
      | 4    | snapshots.jsonl: not a JSON object: Input data was truncated                                                  |

  Scenario: A symbolic link is not followed
    Given the older tracker's snapshots.jsonl is a link
    When I run "bin/import tracker old"
    Then it exits with 66
    And nothing was written

  Scenario: A directory without the tracker's files
    Given the file empty/notes.txt with
      """
      nothing here
      """
    When I run "bin/import tracker empty"
    Then it exits with 66 and says
      """
      import: nothing to import: empty has none of snapshots.jsonl, windows.jsonl, churn.jsonl, proxy_telemetry.jsonl, codex_ccusage.jsonl
      """
    And nothing was created
