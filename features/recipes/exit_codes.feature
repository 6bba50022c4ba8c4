Feature: The exit codes of recipes

  Background:
    Given a Codex pane with 5h 11%, weekly 24%

  Scenario Outline: A recipe exits with the code of its script: <command>
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

  Scenario Outline: An invalid id: <id>
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
