Feature: A window is opened, checkpointed and closed by cron

  Cron runs the reset at 00:06, 00:11 and 00:16. W0-CHN ends at 00:01. In the morning people say what came of it.

  Background:
    Given the windows
      | window | title           | next   |
      | W0-CHN | Automation pack | W0-CHP |
      | W0-CHP |                 |        |
    And the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%, context 30K
    And Bo starts claude in W0-CHN at 09:30 with session 5%, week 17%
    And "bin/checkpoint W0-CHN --task parser --at 2026-11-22T09:31Z" was run
    And app has the commit end
      | file         | lines     |
      | list         | one two   |
      | test_list.py | a b c     |
    And "bin/checkpoint W0-CHN --actual 60000 --at 2026-11-22T14:00Z" was run
    And Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%, context 90K
    And Bo shows a claude pane with session 0% resets 5am (UTC), week 20%

  Scenario: A normal night
    When I run "bin/reset" at 2026-11-23 00:06
    Then each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    When I run "bin/reset" at 2026-11-23 00:11
    Then nothing was written
    Given in the morning W0-CHN is finalized with evidence
    When I run "bin/checkpoint W0-CHN --actual 90000" at 2026-11-23 08:10
    Then it prints the lines
      """
      FINAL W0-CHN main: planned 200,000, actual 90,000, delta -110,000 (ID)
      phase final: the window is finalized
      decision: GO
      """
    And the journal checkpoints reads
      | window | phase | task   | tokens_planned | tokens_actual | actual_from |
      | W0-CHN | plan  | parser | 200000         | 30000         | pane        |
      | W0-CHN | mid   | parser | 200000         | 60000         | given       |
      | W0-CHN | final | parser | 200000         | 90000         | given       |
    And the token ledger reads
      | date       | session_id | task   | tokens_actual | commits | lines_added | features_added | tests_added | checkpoint |
      | 2026-11-22 | W0-CHN     | parser | 30000         | 0       | 0           |                | 0           | plan       |
      | 2026-11-22 | W0-CHN     | parser | 60000         | 1       | 4           |                | 1           | mid        |
      | 2026-11-23 | W0-CHN     | parser | 90000         | 1       | 4           | 4              | 1           | final      |
    And W0-CHN is a GO
    And the whole book is valid

  Scenario: The machine was asleep at 00:06
    Given Ada shows a codex pane with 5h 3% resets 11:20, weekly 31%
    And Bo shows a claude pane with session 0% resets 11am (UTC), week 20%
    When I run "bin/reset" at 2026-11-23 07:45
    Then each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    And the journal resets reads
      | window | boundary             | status | found_at             |
      | W0-CHN | 2026-11-23T00:01:00Z | missed | 2026-11-23T07:45:00Z |
    Given in the morning W0-CHN is finalized with evidence
    When I run "bin/checkpoint W0-CHN" at 2026-11-23 08:10
    Then W0-CHN is a GO
    And the whole book is valid

  Scenario: At 00:01 the pane still shows the old window
    Given Ada shows a codex pane with 5h 60% resets 00:01, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:01
    Then nothing was written
    Given Ada shows a codex pane with 5h 1% resets 05:02, weekly 31%
    When I run "bin/reset" at 2026-11-23 00:06
    Then each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    Given in the morning W0-CHN is finalized with evidence
    When I run "bin/checkpoint W0-CHN" at 2026-11-23 08:10
    Then W0-CHN is a GO

  Scenario: Somebody ran the reset by hand
    Given Ada shows a codex pane with 5h 60% resets 00:30, weekly 31%
    And Bo shows a claude pane with session 40% resets 1am (UTC), week 20%
    When I run "bin/reset" at 23:59
    Then nothing was written
    When I run "bin/reset --force" at 23:59
    Then each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    When I run "bin/reset" at 2026-11-23 00:06
    Then nothing was written
    And each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    Given in the morning W0-CHN is finalized with evidence
    When I run "bin/checkpoint W0-CHN" at 2026-11-23 08:10
    Then W0-CHN is a GO

  Scenario: Two crons and twenty people at once
    When "bin/reset --at 2026-11-23T00:06Z" runs 20 times at once, 20 times over
    Then each agent has one AFTER in W0-CHN and one BEFORE in W0-CHP
    And the journal snapshots has 6 rows
    And the whole book is valid
