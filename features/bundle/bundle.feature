Feature: the review bundle of a window

  Background:
    Given a finished window W0-CHN

  Scenario: everything that a reviewer needs, in one folder that only its owner reads
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
    And journals/snapshots.jsonl in the bundle of W0-CHN has 2 rows, as they stand in the book
    And decision.md in the bundle of W0-CHN has the line "- **GO W0-CHN**"
    And only its owner can read the bundle of W0-CHN
    And the folder of the bundles holds W0-CHN alone

  Scenario: rows of other windows stay out
    Given Ada starts codex in W0-CHP at 12:30 with 5h 51%, weekly 31%
    When I run "bin/bundle W0-CHN"
    Then journals/snapshots.jsonl in the bundle of W0-CHN has 2 rows, as they stand in the book

  Scenario: made again at another time it is the same, and says so
    Given "bin/bundle W0-CHN" was run
    When I run "bin/bundle W0-CHN" at 2027-01-01 00:00
    Then it prints the lines
      """
      already bundled: W0-CHN, GO, 9 files and manifest.json in HOME/Downloads/agentos_tmp_review/W0-CHN
      """
    And nothing was written
    Given the bundle of W0-CHN was kept apart
    When I run "bin/bundle W0-CHN" at 2026-11-22 23:00
    Then the bundle of W0-CHN has the same bytes as the one apart

  Scenario: what the book learned since is taken in
    Given "bin/bundle W0-CHN" was run
    And "bin/finalize --window W0-CHN --outcome fail" was run
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON has
      | path    | value                                        |
      | new     | true                                         |
      | verdict | NO-GO                                        |
      | folder  | HOME/Downloads/agentos_tmp_review/W0-CHN     |
    And decision.md in the bundle of W0-CHN has the line "- **NO-GO W0-CHN**"
    And journals/windows.jsonl in the bundle of W0-CHN has 2 rows, as they stand in the book
    And the folder of the bundles holds W0-CHN alone

  Scenario: a file that was lost is made again
    Given "bin/bundle W0-CHN" was run
    And preview.md in the bundle of W0-CHN is gone
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON value at "new" is true
    And preview.md in the bundle of W0-CHN has the line "- Anomalies: 0"

  Scenario: a file of somebody else is not touched
    Given "bin/bundle W0-CHN" was run
    And somebody wrote "mine" into remarks/ada.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it fails, and leaves the bundles alone, with 65 and "has remarks/ada.md, which is not part of this bundle; move it away"

  Scenario: neither is a file of the bundle that somebody changed
    Given "bin/bundle W0-CHN" was run
    And somebody wrote "a remark" into preview.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it fails, and leaves the bundles alone, with 65 and "preview.md in HOME/Downloads/agentos_tmp_review/W0-CHN was changed after it was bundled; move the folder away"

  Scenario: nor a folder that was there before
    Given somebody wrote "mine" into thesis.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it fails, and leaves the bundles alone, with 65 and "has files but no valid manifest.json; move it away"

  Scenario: another folder, as bundle.toml says
    Given the config file bundle.toml says
      """
      folder = "~/reviews"
      """
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON value at "folder" is HOME/reviews/W0-CHN

  Scenario: nothing to bundle, or no home to put it into
    When I run "bin/bundle W0-CHP"
    Then it exits with 66 and says
      """
      bundle: the book has no row of window W0-CHP; there is nothing to bundle
      """
    Given HOME is not set
    When I run "bin/bundle W0-CHN"
    Then it exits with 78 and says
      """
      bundle: CONFIG/bundle.toml: folder = '~/Downloads/agentos_tmp_review' needs HOME, which is not set
      """
