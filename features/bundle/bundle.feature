Feature: The review bundle of a window

  Background:
    Given a finished window W0-CHN

  Scenario: Everything a reviewer needs, in one private folder
    When I run "bin/bundle W0-CHN"
    Then it prints the lines
      """
      bundled: W0-CHN, GO, 9 files and manifest.json in HOME/Downloads/agentos_tmp_review/W0-CHN
      """
    And the bundle of W0-CHN has the files
      | file                            |
      | decision.json                   |
      | decision.md                     |
      | journals/churn.jsonl            |
      | journals/evidence.jsonl         |
      | journals/snapshots.jsonl        |
      | journals/windows.jsonl          |
      | ledgers/Acceptance_Evidence.csv |
      | manifest.json                   |
      | preview.json                    |
      | preview.md                      |
    And journals/snapshots.jsonl in the bundle of W0-CHN has the 2 rows of the book
    And decision.md in the bundle of W0-CHN has the line "- **GO W0-CHN**"
    And only its owner can read the bundle of W0-CHN
    And the bundle folder contains only W0-CHN

  Scenario: Rows of other windows are left out
    Given Ada starts codex in W0-CHP at 12:30 with 5h 51%, weekly 31%
    When I run "bin/bundle W0-CHN"
    Then journals/snapshots.jsonl in the bundle of W0-CHN has the 2 rows of the book

  Scenario: The same bundle again is identical
    Given "bin/bundle W0-CHN" was run
    When I run "bin/bundle W0-CHN" at 2027-01-01 00:00
    Then it prints the lines
      """
      already bundled: W0-CHN, GO, 9 files and manifest.json in HOME/Downloads/agentos_tmp_review/W0-CHN
      """
    And nothing was written
    Given a copy of the bundle of W0-CHN
    When I run "bin/bundle W0-CHN" at 2026-11-22 23:00
    Then the bundle of W0-CHN is identical to the copy

  Scenario: New rows are added
    Given "bin/bundle W0-CHN" was run
    And "bin/finalize --window W0-CHN --outcome fail" was run
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON has
      | path    | value                                        |
      | new     | true                                         |
      | verdict | NO-GO                                        |
      | folder  | HOME/Downloads/agentos_tmp_review/W0-CHN     |
    And decision.md in the bundle of W0-CHN has the line "- **NO-GO W0-CHN**"
    And journals/windows.jsonl in the bundle of W0-CHN has the 2 rows of the book
    And the bundle folder contains only W0-CHN

  Scenario: bundle.toml names another folder
    Given the config file bundle.toml says
      """
      folder = "~/reviews"
      """
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON value at "folder" is HOME/reviews/W0-CHN

  Scenario: Nothing to bundle, or no home folder
    When I run "bin/bundle W0-CHP"
    Then it exits with 66 and says
      """
      bundle: the book has no row of window W0-CHP, so there is nothing to bundle; `start PROVIDER W0-CHP` books the first
      """
    Given HOME is not set
    When I run "bin/bundle W0-CHN"
    Then it exits with 78 and says
      """
      bundle: CONFIG/bundle.toml: folder = '~/Downloads/agentos_tmp_review' needs HOME, which is not set
      """

  Scenario: Requests of the window's time are in it, and none that were moved to another
    Given the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry"
    And I run "bin/bundle W0-CHN"
    Then journals/proxy_telemetry.jsonl in the bundle of W0-CHN has the 8 rows of the book
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHP"
    And I run "bin/bundle W0-CHN"
    Then the bundle of W0-CHN has the files
      | file                            |
      | decision.json                   |
      | decision.md                     |
      | journals/churn.jsonl            |
      | journals/evidence.jsonl         |
      | journals/snapshots.jsonl        |
      | journals/windows.jsonl          |
      | ledgers/Acceptance_Evidence.csv |
      | manifest.json                   |
      | preview.json                    |
      | preview.md                      |
