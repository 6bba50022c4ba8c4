Feature: the meters that an agent wrote down itself, in the place of a pane

  Codex writes its limits into its rollouts, Claude Code shows them in its status line. `capture =
  "rollouts"` and `capture = "statusline"` take them from there, with the moment at which they were told.

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

  Scenario: the newest of the newest rollouts
    Given the rollout a tells
      | at    | 5h              | weekly                   |
      | 08:00 | 20 till 09:30   | 30 till 2026-11-26 00:00 |
    And the rollout b tells
      | at    | 5h              | weekly                   |
      | 08:30 | 25 till 09:30   | 31 till 2026-11-26 00:00 |
      | 11:50 | 3 till 14:40    | 32 till 2026-11-26 00:00 |
      | 11:52 | none            | none                     |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 3%, weekly 32% (ID)"
    And the journal snapshots reads
      | provider | captured_at          | source  | plan | errors | 5h | weekly |
      | codex    | 2026-11-22T11:50:00Z | capture | pro  |        | 3  | 32     |
    And row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T14:40:00Z

  Scenario: a session that lags does not hide what another knows
    Given the rollout a tells
      | at    | 5h            | weekly                   |
      | 11:50 | 40 till 14:40 | 35 till 2026-11-26 00:00 |
    And the rollout b tells
      | at    | 5h            | weekly                   |
      | 11:55 | 38 till 14:40 | 34 till 2026-11-26 00:00 |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it prints "BEFORE W0-CHN main codex: 5h 40%, weekly 35% (ID)"

  Scenario Outline: old numbers are not passed for fresh ones: <what>
    Given the rollout a tells
      | at   | 5h            | weekly                   |
      | <at> | 40 till <end> | 35 till 2026-11-26 00:00 |
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then the journal snapshots reads
      | captured_at           | errors   | 5h |
      | 2026-11-22T<at>:00Z   | <errors> | 40 |

    Examples:
      | what                      | at    | end   | errors |
      | a quarter of an hour      | 11:45 | 14:40 |        |
      | more than that            | 11:44 | 14:40 | stale  |
      | fresh, and reset since    | 11:50 | 11:55 | stale  |

  Scenario: no rollout
    When I run "bin/snapshot start codex --capture --window W0-CHN" at 12:00
    Then it exits with 66 and says
      """
      snapshot: no rollout below HOME/.codex tells rate limits
      """
    And nothing was created

  Scenario: what the status line booked last
    Given the JSON of a status line
      | session | 5h              | week                     |
      | a       | 23.5 till 18:40 | 41 till 2026-11-26 00:00 |
    And the JSON was piped into "bin/statusline" at 15:58
    When I run "bin/snapshot start claude --capture --window W0-CHN --agent ada" at 16:00
    Then the journal snapshots reads
      | provider | captured_at          | source  | errors | session | week-all-models |
      | claude   | 2026-11-22T15:58:00Z | capture |        | 23.5    | 41              |

  Scenario: no status line has booked yet
    When I run "bin/snapshot start claude --capture --window W0-CHN --agent ada" at 16:00
    Then it exits with 66 and says "no status line of claude has booked meters"
    And nothing was created

  Scenario: a kind that is of another provider
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

  Scenario: a reset waits for numbers from behind it
    Given main starts codex in W0-CHN at 12:00 with 5h 3%, weekly 20%
    And the rollout a tells
      | at    | 5h                       | weekly                   |
      | 23:58 | 40 till 2026-11-23 02:00 | 35 till 2026-11-26 00:00 |
    When I run "bin/reset" at 2026-11-23 00:07
    Then it prints the lines
      """
      pending W0-CHN main codex: its meters are from before the reset, 2026-11-22T23:58:00Z; run it again in some minutes
      """
    And the journal snapshots has 1 row
    Given the rollout a tells
      | at               | 5h                       | weekly                   |
      | 2026-11-23 00:09 | 41 till 2026-11-23 02:00 | 35 till 2026-11-26 00:00 |
    When I run "bin/reset" at 2026-11-23 00:10
    Then the journal snapshots reads
      | window | phase  | captured_at          | source     | 5h | weekly |
      | W0-CHN | before | 2026-11-22T12:00:00Z | stdin      | 3  | 20     |
      | W0-CHN | after  | 2026-11-23T00:09:00Z | auto-after | 41 | 35     |
      | W0-CHP | before | 2026-11-23T00:09:00Z | auto-start | 41 | 35     |
