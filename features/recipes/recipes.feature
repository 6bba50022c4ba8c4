Feature: recipes do what the scripts do

  Every recipe is one script; those that write hold a lock for their agent.

  Background:
    Given a Codex pane with 5h 11%, weekly 24%

  Scenario: start, end, and the way back
    When I pipe the pane into "just start codex --agent ada --stdin" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"
    Given a Codex pane with 5h 51%, weekly 31%
    When I pipe the pane into "just end codex --agent ada" at 12:30
    Then it prints "AFTER W0-CHN ada codex: 5h 51%, weekly 31% (ID)"
    When I run "just undo codex --agent ada"
    Then it prints "undone: AFTER of codex for ada in W0-CHN, taken 2026-11-22 12:30 (ID)"

  Scenario: the same pane at the same moment through the recipe and the script is one row
    When I pipe the pane into "bin/snapshot start codex --window W0-CHN" at 09:00
    And I pipe the pane into "just start codex --window W0-CHN" at 09:00
    Then it prints "already booked: BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots has 1 row

  Scenario: cross
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%, weekly 24%
    When I pipe the pane into "just cross codex --agent ada" at 12:30
    Then it prints
      """
      AFTER W0-CHN ada codex: 5h 11%, weekly 24% (ID)
      BEFORE W0-CHP ada codex: 5h 11%, weekly 24% (ID)
      """

  Scenario: finalize, preview and check
    Given the snapshots
      | at    | agent | provider | phase  | window | 5h               |
      | 09:00 | ada   | codex    | before | W0-CHN | 72% resets 13:10 |
      | 12:30 | ada   | codex    | after  | W0-CHN | 40% resets 13:10 |
    When I run "just finalize --window W0-CHN --features codex=3 --notes 'two words'"
    Then it prints the lines
      """
      W0-CHN finalized: 1 anomaly (ID)
      """
    And row 1 of the journal windows has "notes" two words
    When I run "just preview --window W0-CHN --format json"
    Then the JSON value at "anomalies" is 1
    When I run "just check"
    Then it prints "ok: 4 rows verified (snapshots 2, windows 1, anomalies 1)"

  Scenario: aliases
    When I run "just aliases --only o --format json"
    Then the JSON begins with the keys os, oe, ox, od

  Scenario: the agent of the environment
    Given AGENT_ID is set to "ada"
    When I pipe the pane into "just start codex" at 09:00
    Then it prints "BEFORE W0-CHN ada codex: 5h 11%, weekly 24% (ID)"

  Scenario: a file beside the caller, who may be in any folder
    Given the file my pane.txt with
      """
      5h limit: 11% used (resets 13:10)
      """
    When I run "just start codex --file 'my pane.txt'" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"

  Scenario: a capture runs before the lock is taken
    Given the file pane.txt with
      """
      5h limit: 11% used (resets 13:10)
      """
    And the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = ["cat", "pane.txt"]
      """
    When I run "just start codex --capture" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"
    And row 1 of the journal snapshots has "source" capture

  Scenario Outline: a recipe ends with the exit code of its script: <command>
    When I run "<command>"
    Then it exits with <code> and says "<sentence>"
    And nothing was created

    Examples:
      | command                                         | code | sentence                                              |
      | just start codex --set 5h                       | 2    | snapshot: --set '5h' is not METER=PERCENT             |
      | just start codex                                | 66   | snapshot: no pane: stdin is empty                     |
      | just preview --window W0-XXX                    | 66   | preview: window W0-XXX is neither declared nor        |
      | just finalize --window W0-CHN                   | 66   | finalize: no snapshots of window W0-CHN               |
      | just check                                      | 66   | check: there is no book at BOOK                       |
      | just preview --config-dir nowhere               | 78   | preview: no config directory at HOME/nowhere          |

  Scenario Outline: an id that is no id: <id>
    Given the hostile id <id>
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                           |
      | just start codex --set 5h=11 --window HOSTILE     |
      | just start codex --set 5h=11 --agent HOSTILE      |
      | just undo codex --window HOSTILE                  |
      | just finalize --window HOSTILE                    |
      | just preview --window HOSTILE                     |

    Examples:
      | id       |
      | "../x"   |
      | "/etc/x" |
      | "a\n"    |
      | ""       |
      | "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" |
