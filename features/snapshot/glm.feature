Feature: GLM counts requests

  `ccusage blocks --json` shows a total. BEFORE keeps it as the baseline, AFTER books the difference.

  Background:
    Given the pane
      """
      {"blocks": [{"isGap": false, "entries": 40}, {"isGap": true, "entries": 0}, {"entries": 2}]}
      """
    When I pipe the pane into "bin/snapshot start glm --agent ada" at 09:00

  Scenario: BEFORE keeps the baseline
    Then it prints "BEFORE W0-CHN ada glm: 42 requests (ID)"
    And the journal prompts reads
      | provider | baseline | total | delta |
      | glm      | 42       | 42    | null  |

  Scenario: AFTER keeps the difference
    Given the pane
      """
      {"blocks": [{"isGap": false, "entries": 40}, {"entries": 31}]}
      """
    When I pipe the pane into "bin/snapshot end glm --agent ada" at 12:30
    Then it prints "AFTER W0-CHN ada glm: 71 requests (ID)"
    And the journal prompts reads
      | provider | baseline | total | delta |
      | glm      | 42       | 42    | null  |
      | glm      | 42       | 71    | 29    |

  Scenario: The count given by hand
    When I run "bin/snapshot end glm --agent ada --set requests=50" at 12:30
    Then it prints "AFTER W0-CHN ada glm: 50 requests (ID)"
    And row 2 of the journal prompts has "delta" 8

  Scenario: The older name of the count
    When I run "bin/snapshot end glm --agent ada --set prompts=50" at 12:30
    Then it prints "AFTER W0-CHN ada glm: 50 requests (ID)"
    And row 2 of the journal snapshots has "requests" 50

  Scenario Outline: An invalid count: <count>
    When I run "bin/snapshot end glm --agent ada --set requests=<count>" at 12:30
    Then it exits with 2 and says
      """
      snapshot: --set 'requests=<count>' is not requests=COUNT, such as requests=120
      """
    And the journal prompts has 1 row

    Examples:
      | count |
      | -1    |
      | 1.5   |
      | many  |

  Scenario: Text that is not JSON
    Given the pane
      """
      ccusage: no data found
      """
    When I pipe the pane into "bin/snapshot end glm --agent ada" at 12:30
    Then it exits with 65 and says "no meters of glm in the pane (not-json); nothing booked"

  Scenario: undo
    When I run "bin/undo glm --agent ada" at 13:00
    Then it prints "undone: BEFORE of glm for ada in W0-CHN, taken 2026-11-22 09:00 (ID)"
    When I run "bin/check"
    Then the first line is "ok: 3 rows verified (snapshots 2, prompts 1)"

  Scenario: Z.ai's own quota shows percentages
    Given the pane
      """
      {"data": {"planName": "Pro", "limits": [
        {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 25, "nextResetTime": 1795345200000},
        {"type": "TIME_LIMIT", "unit": 5, "number": 1, "percentage": 22, "nextResetTime": 1796083200000}]}}
      """
    When I pipe the pane into "bin/snapshot start glm --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo glm: 5h 25%, monthly tools 22% (ID)"
    And row 2 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T11:00:00Z
