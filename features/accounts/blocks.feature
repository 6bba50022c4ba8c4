Feature: Five-hour blocks of each account

  Scenario: Two folders have blocks of their own
    Given the rollout a in .codex contains
      | at    | 5h            | weekly                   |
      | 09:00 | 10 till 13:10 | 30 till 2026-11-26 00:00 |
    And the rollout b in .codex-work contains
      | at    | 5h            | weekly                   |
      | 09:00 | 20 till 12:00 | 40 till 2026-11-27 00:00 |
    And CODEX_HOME is set to "~/.codex, ~/.codex-work"
    And "bin/ingest codex" was run
    And agents used, with their folder .codex
      | at    | tool  | session | input | output |
      | 12:30 | codex | s1      | 1     | 0      |
    And agents used, with their folder .codex-work
      | at    | tool  | session | input | output |
      | 11:30 | codex | s2      | 10    | 0      |
      | 12:30 | codex | s2      | 100   | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed | account       | total_tokens |
      | 2026-11-22T07:00:00Z | 2026-11-22T12:00:00Z | false   | ~/.codex-work | 10           |
      | 2026-11-22T08:10:00Z | 2026-11-22T13:10:00Z | false   | ~/.codex      | 1            |
      | 2026-11-22T12:00:00Z | 2026-11-22T17:00:00Z | true    | ~/.codex-work | 100          |
    When I run "bin/usage blocks"
    Then it prints the lines
      """
      2026-11-22 07:00-12:00 ~/.codex-work   codex  10  0  0  0  10  0.0001
      """

  Scenario: A pane is of the block of its agent's account
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["bo"]
      homes    = ["~/.codex-work"]

      [accounts.private]
      provider = "codex"
      agents   = ["ada"]
      homes    = ["~/.codex"]
      """
    And ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And bo starts codex in W1 at 09:00 with 5h 20% resets 12:00
    And agents used, with their folder .codex
      | at    | tool  | session | input | output |
      | 12:30 | codex | s1      | 1     | 0      |
    And agents used, with their folder .codex-work
      | at    | tool  | session | input | output |
      | 12:30 | codex | s2      | 10    | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed | account | total_tokens |
      | 2026-11-22T08:10:00Z | 2026-11-22T13:10:00Z | false   | private | 1            |
      | 2026-11-22T12:00:00Z | 2026-11-22T17:00:00Z | true    | work    | 10           |

  Scenario: An account that is declared by its agents has blocks of its own
    Given the config file accounts.toml says
      """
      [accounts.work]
      provider = "codex"
      agents   = ["bo"]
      """
    And agents used
      | agent | at    | tool  | session | input | output |
      | ada   | 09:10 | codex | s1      | 1     | 0      |
      | bo    | 12:30 | codex | s2      | 10    | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | ends_at              | guessed | account | total_tokens |
      | 2026-11-22T09:00:00Z | 2026-11-22T14:00:00Z | true    | null    | 1            |
      | 2026-11-22T12:00:00Z | 2026-11-22T17:00:00Z | true    | work    | 10           |

  Scenario: Panes of several accounts that nothing assigns to a folder show no block
    Given ada starts codex in W1 at 09:00 with account ada@example.com, 5h 11% resets 13:10
    And bo starts codex in W1 at 09:00 with account bo@example.com, 5h 20% resets 12:00
    And agents used, with their folder .codex
      | at    | tool  | session | input | output |
      | 12:30 | codex | s1      | 1     | 0      |
    When I run "bin/usage blocks --format json"
    Then the JSON rows at "rows" are
      | period               | guessed | total_tokens |
      | 2026-11-22T12:00:00Z | true    | 1            |
    And it warns
      """
      usage: panes of codex show several accounts, so they do not show when blocks began; declare the accounts, with agents and homes, in accounts.toml
      """
