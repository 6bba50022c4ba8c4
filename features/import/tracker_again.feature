Feature: Importing a tracker again adds nothing

  Background:
    Given the file old/snapshots.jsonl with
      """
      {"window": "W0-01", "provider": "codex", "phase": "after", "captured_at": "2025-09-27T12:30:00+00:00", "notes": "", "raw_text": "5h limit: 51% used (resets 13:04)\nWeekly limit: 31% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      {"window": "W0-01", "provider": "codex", "phase": "before", "captured_at": "2025-09-27T09:00:00+00:00", "notes": "first", "raw_text": "5h limit: 11% used (resets 13:04)\nWeekly limit: 24% used (resets 21:29 on 30 Sep)", "parsed": {"errors": []}, "source": "ingest"}
      """

  Scenario: The second import finds only duplicates
    Given "bin/import tracker old" was run
    When I run "bin/import tracker old"
    Then it prints
      """
      tracker: accepted 0, duplicates 2, rejected 0
      snapshots.jsonl: accepted 0, duplicates 2, rejected 0
      """
    And the journal snapshots has 2 rows

  Scenario: A voided row does not come back
    Given "bin/import tracker old" was run
    And "bin/undo codex --window W0-01" was run
    When I run "bin/import tracker old"
    Then the journal snapshots has 3 rows

  Scenario: A dry run books nothing
    When I run "bin/import tracker old --dry-run"
    Then it prints
      """
      would book: accepted 2, duplicates 0, rejected 0
      snapshots.jsonl: accepted 2, duplicates 0, rejected 0
      """
    And nothing was written

  Scenario: A window that this book finalized stays
    Given "bin/import tracker old" was run
    And "bin/finalize --window W0-01 --quality 5" was run
    And the file old/windows.jsonl with
      """
      {"window": "W0-01", "finalized_at": "2025-09-27T20:00:00+00:00", "features": {}, "quality": 2, "outcome": "fail"}
      """
    When I run "bin/import tracker old"
    Then it prints the lines
      """
      windows.jsonl: accepted 0, duplicates 0, rejected 1
      """
    And the journal windows has 1 row

  Scenario: Imported churn is added to the ledger once
    Given the file old/churn.jsonl with
      """
      {"window": "W0-01", "provider": "codex", "files_changed": 7, "insertions": 120, "deletions": 30, "features": 5}
      """
    And "bin/import tracker old" was run
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then it prints the lines
      """
      ledgers in HOME/docs/Ledgers: Token_Churn_Ledger.csv +1, Churn_Ledger.csv +0
      """
    When I run "bin/audit --all"
    Then it prints no line with "ledger-behind"
