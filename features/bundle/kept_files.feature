Feature: bundle overwrites only its own files

  Background:
    Given a finished window W0-CHN

  Scenario: A lost file is written again
    Given "bin/bundle W0-CHN" was run
    And preview.md in the bundle of W0-CHN is gone
    When I run "bin/bundle W0-CHN --format json"
    Then the JSON value at "new" is true
    And preview.md in the bundle of W0-CHN has the line "- Anomalies: 0"

  Scenario: Somebody else's file is left alone
    Given "bin/bundle W0-CHN" was run
    And somebody wrote "mine" into remarks/ada.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it exits with 65 and says "has remarks/ada.md, which is not part of this bundle; move it away", and the bundles are unchanged

  Scenario: A changed file of the bundle is left alone
    Given "bin/bundle W0-CHN" was run
    And somebody wrote "a remark" into preview.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it exits with 65 and says "preview.md in HOME/Downloads/agentos_tmp_review/W0-CHN was changed after it was bundled; move the folder away", and the bundles are unchanged

  Scenario: An existing folder is left alone
    Given somebody wrote "mine" into thesis.md in the bundle of W0-CHN
    When I run "bin/bundle W0-CHN"
    Then it exits with 65 and says "has files but no valid manifest.json; move it away", and the bundles are unchanged
