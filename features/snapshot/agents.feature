Feature: Several agents share one book

  Background:
    Given a Codex pane with 5h 11%, weekly 24%

  Scenario: Two agents in the same minute
    When Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo starts codex in W0-CHN at 09:00 with 5h 63%, weekly 58%
    Then the journal snapshots reads
      | agent | window | captured_at          | 5h | weekly |
      | ada   | W0-CHN | 2026-11-22T09:00:00Z | 11 | 24     |
      | bo    | W0-CHN | 2026-11-22T09:00:00Z | 63 | 58     |
    And the book keeps these state files
      | file           |
      | ada/codex.json |
      | bo/codex.json  |
    And the state of ada with codex is
      | agent | window | phase  | before | after |
      | ada   | W0-CHN | before | ID     | null  |
    And the state of bo with codex is
      | agent | window | phase  | before | after |
      | bo    | W0-CHN | before | ID     | null  |
    When I run "bin/preview --window W0-CHN" at 09:05
    Then it prints the lines
      """
      agent  provider  meter   before  after  delta  █ old ▓ new
      ada    codex     5h         11%      -   open  █░░░░░░░░░░░
      ada    codex     weekly     24%      -   open  ███░░░░░░░░░
      bo     codex     5h         63%      -   open  ████████░░░░
      bo     codex     weekly     58%      -   open  ███████░░░░░
      """

  Scenario: The same pane of two agents gives two rows
    When Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    Then the journal snapshots has 2 rows
    And every row of the journal snapshots has another id

  Scenario: undo leaves the other agent's row alone
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    And Bo starts codex in W0-CHN at 09:00 with 5h 63%, weekly 58%
    When I run "bin/undo codex --agent ada"
    Then there is no state of ada with codex
    And the state of bo with codex is
      | agent | window | phase  | before | after |
      | bo    | W0-CHN | before | ID     | null  |

  Scenario: One agent with two providers
    When Ada starts codex at 09:00 with 5h 11%, weekly 24%
    And Ada starts claude at 09:00 with session 22%, week 17%
    Then the book keeps these state files
      | file            |
      | ada/claude.json |
      | ada/codex.json  |

  Scenario: AGENT_ID names the agent
    Given AGENT_ID is set to "ada"
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"

  Scenario: --agent overrides AGENT_ID
    Given AGENT_ID is set to "ada"
    When I pipe the pane into "bin/snapshot start codex --agent bo" at 09:00
    Then it prints "BEFORE W0-CHN bo codex: 5h 11%, weekly 24% (ID)"
    And there is no state of ada with codex

  Scenario: The default agent is main
    Given AGENT_ID is not set
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
