Feature: An invalid id is refused and nothing is created

  Ids become names of files, so a command looks at all of them before it does anything.

  Scenario Outline: <id>
    Given the hostile id <id>
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                                   |
      | bin/snapshot start codex --set 5h=11 --window HOSTILE     |
      | bin/snapshot end codex --set 5h=11 --window HOSTILE       |
      | bin/snapshot cross codex --set 5h=11 --window HOSTILE     |
      | bin/snapshot start HOSTILE --set 5h=11                    |
      | bin/snapshot start codex --set 5h=11 --agent HOSTILE      |
      | bin/undo codex --window HOSTILE                           |
      | bin/undo HOSTILE                                          |
      | bin/undo codex --agent HOSTILE                            |
      | bin/finalize --window HOSTILE                             |
      | bin/finalize --window W0-CHN --agent HOSTILE              |
      | bin/finalize --window W0-CHN --features HOSTILE=1         |
      | bin/preview --window HOSTILE                              |
      | bin/preview --agent HOSTILE                               |
      | bin/check --agent HOSTILE                                 |
      | bin/aliases --agent HOSTILE                               |

    Examples:
      | id        |
      | ".."      |
      | "../x"    |
      | "/etc/x"  |
      | "a/b"     |
      | "a\n"     |
      | ""        |
      | "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" |

  Scenario Outline: AGENT_ID is <id>
    Given AGENT_ID is set to <id>
    When I run "bin/snapshot start codex --set 5h=11" at 09:00
    Then it exits with 2 and says "snapshot: AGENT_ID "
    And nothing was created

    Examples:
      | id        |
      | ".."      |
      | "../x"    |
      | "/etc/x"  |
      | "a/b"     |
      | "a\n"     |
      | "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" |

  Scenario: The longest valid id
    When I run "bin/snapshot start codex --set 5h=11 --window aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" at 09:00
    Then the journal snapshots has 1 row
