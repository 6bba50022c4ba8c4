Feature: a pane comes from stdin, from a file, from a command, or its numbers from a hand

  Scenario: from a file
    Given the file pane.txt with
      """
      5h limit:     [█░░░░░░░░░] 11% used (resets 13:10)
      Weekly limit: [██░░░░░░░░] 24% used (resets 07:30 on 26 Nov)
      """
    When I run "bin/snapshot start codex --file pane.txt" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
    And the journal snapshots reads
      | phase  | 5h | weekly | source |
      | before | 11 | 24     | file   |

  Scenario: from the command that the config has for the provider
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
    When I run "bin/snapshot start codex --capture" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11% (ID)"
    And the journal snapshots reads
      | phase  | 5h | source  |
      | before | 11 | capture |

  Scenario: by hand
    When I run "bin/snapshot start codex --set 5h=11 --set weekly=24%" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 11%, weekly 24% (ID)"
    And row 1 of the journal snapshots has "meters.weekly.window_minutes" 10080
    And the journal snapshots reads
      | phase  | 5h | weekly | source |
      | before | 11 | 24     | manual |

  Scenario: by hand over a pane, the hand wins and the rest of the pane stays
    Given a Codex pane with 5h 11% resets 13:10, weekly 24%
    When I pipe the pane into "bin/snapshot start codex --set 5h=37.5" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h 37.5%, weekly 24% (ID)"
    And row 1 of the journal snapshots has "meters.5h.resets_at" 2026-11-22T13:10:00Z
    And the journal snapshots reads
      | 5h   | weekly | source       |
      | 37.5 | 24     | stdin+manual |

  Scenario: by hand where the pane was cut off, so that nothing is missing any more
    Given the pane
      """
      5h limit:     [█░░░░░░░░░]  (resets 13:10)
      Weekly limit: [██░░░░░░░░] 24% used (resets 07:30 on 26 Nov)
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it prints "BEFORE W0-CHN main codex: 5h -, weekly 24% [insufficient-data:5h] (ID)"
    When I pipe the pane into "bin/snapshot start codex --set 5h=12" at 09:01
    Then it prints "BEFORE W0-CHN main codex: 5h 12%, weekly 24% (ID)"
    And the journal snapshots reads
      | 5h   | weekly | errors               |
      | null | 24     | insufficient-data:5h |
      | 12   | 24     |                      |

  Scenario: notes and the source can be said
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --notes 'after the refactoring' --source tmux" at 09:00
    Then the journal snapshots reads
      | 5h | source | notes                 |
      | 11 | tmux   | after the refactoring |

  Scenario Outline: a setting that is no percentage of a meter, <setting>
    When I run "bin/snapshot start codex --set <setting>" at 09:00
    Then it exits with 2 and says
      """
      snapshot: --set '<setting>' is not METER=PERCENT, such as 5h=11 (0 to 100, used)
      """
    And nothing was created

    Examples:
      | setting   |
      | 5h        |
      | 5h=       |
      | =11       |
      | 5h=101    |
      | 5h=-1     |
      | 5h=nan    |
      | 5h=eleven |

  Scenario: no pane at all
    When I run "bin/snapshot start codex" at 09:00
    Then it exits with 66 and says
      """
      snapshot: no pane: stdin is empty; pipe one in, or give --file, --capture or --set
      """
    And nothing was created

  Scenario: a file that is not there
    When I run "bin/snapshot start codex --file gone.txt" at 09:00
    Then it exits with 66 and says "snapshot: no pane: there is no file 'gone.txt'"
    And nothing was created

  Scenario: text that is no pane
    Given the pane
      """
      $ codex
      command not found
      """
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it exits with 65 and says
      """
      snapshot: no meters of codex in the pane (no-meters); nothing booked
      """
    And nothing was created

  Scenario: a pane of another provider
    Given a Claude pane with session 22%, week 17%
    When I pipe the pane into "bin/snapshot start codex" at 09:00
    Then it exits with 65
    And nothing was created

  Scenario: a provider that nobody knows
    When I run "bin/snapshot start abacus --set 5h=11" at 09:00
    Then it exits with 2 and says "provider 'abacus' is not known; valid: "
    And nothing was created

  Scenario: two sources at once
    When I run "bin/snapshot start codex --stdin --file pane.txt" at 09:00
    Then it exits with 2 and says "argument --file: not allowed with argument --stdin"
    And nothing was created

  Scenario Outline: a capture command that <fault>
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "codex"
      capture  = <capture>
      """
    When I run "bin/snapshot start codex --capture" at 09:00
    Then it exits with <code> and says "<sentence>"
    And nothing was created

    Examples:
      | fault         | capture              | code | sentence                                          |
      | is not there  | ["no-such-program"]  | 66   | the capture command 'no-such-program' is not on P |
      | fails         | ["false"]            | 74   | the capture command 'false' failed with exit code |
      | prints no end | ["yes"]              | 74   | the capture command 'yes' printed more than       |
      | prints no pane| ["echo", "hello"]    | 65   | no meters of codex in the pane                    |
      | is not said   | []                   | 66   | no capture is declared for codex                  |
