Feature: Meters from the status line instead of a pane

  Background:
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = "rollouts"

      [agents.ada]
      provider = "claude"
      capture  = "statusline"
      """

  Scenario: The last values that statusline booked
    Given the JSON of a status line
      | session | 5h              | week                     |
      | a       | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |
    And the JSON was piped into "bin/statusline" at 15:58
    When I run "bin/snapshot start claude --capture --window W0-CHN --agent ada" at 16:00
    Then the journal snapshots reads
      | provider | captured_at          | source  | errors | session | week-all-models |
      | claude   | 2026-11-22T15:58:00Z | capture |        | 23.5    | 41              |

  Scenario: statusline has not booked yet
    When I run "bin/snapshot start claude --capture --window W0-CHN --agent ada" at 16:00
    Then it exits with 66 and says "no status line of claude has booked meters"
    And nothing was created

  Scenario: A capture kind of another provider
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "claude"
      capture  = "rollouts"
      """
    When I run "bin/snapshot start claude --capture --window W0-CHN"
    Then it exits with 78 and says
      """
      snapshot: CONFIG/agents.toml: agents.main.capture = 'rollouts' is not valid; valid: it with
      provider = "codex"
      """

  Scenario: The reset waits for values of the new window
    Given main starts codex in W0-CHN at 12:00 with 5h 3%, weekly 20%
    And the rollout a contains
      | at    | 5h                       | weekly                   |
      | 23:58 | 40 till 2026-11-23 02:00 | 35 till 2026-11-26 00:00 |
    When I run "bin/reset" at 2026-11-23 00:07
    Then it prints the lines
      """
      pending W0-CHN main codex: its meters are from before the reset, 2026-11-22T23:58:00Z; run it again in some minutes
      """
    And the journal snapshots has 1 row
    Given the rollout a contains
      | at               | 5h                       | weekly                   |
      | 2026-11-23 00:09 | 41 till 2026-11-23 02:00 | 35 till 2026-11-26 00:00 |
    When I run "bin/reset" at 2026-11-23 00:10
    Then the journal snapshots reads
      | window | phase  | captured_at          | source     | 5h | weekly |
      | W0-CHN | before | 2026-11-22T12:00:00Z | stdin      | 3  | 20     |
      | W0-CHN | after  | 2026-11-23T00:09:00Z | auto-after | 41 | 35     |
      | W0-CHP | before | 2026-11-23T00:09:00Z | auto-start | 41 | 35     |
