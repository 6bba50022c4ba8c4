Feature: A pane comes from stdin, a file, or a command

  Scenario: From a file
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

  Scenario: From the provider's configured command
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

  Scenario: --notes and --source
    Given a Codex pane with 5h 11%
    When I pipe the pane into "bin/snapshot start codex --notes 'after the refactoring' --source tmux" at 09:00
    Then the journal snapshots reads
      | 5h | source | notes                 |
      | 11 | tmux   | after the refactoring |

  Scenario: Two sources at once
    When I run "bin/snapshot start codex --stdin --file pane.txt" at 09:00
    Then it exits with 2 and says "argument --file: not allowed with argument --stdin"
    And nothing was created

  Scenario Outline: A capture command that <fault>
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

  Scenario: A capture of Claude that shows no meters
    Given the config file agents.toml says
      """
      [agents.main]
      provider = "claude"
      capture  = ["echo", "/usage is only available for subscription plans."]
      """
    When I run "bin/snapshot start claude --capture" at 09:00
    Then it exits with 65 and says
      """
      snapshot: no meters of claude in the pane (no-subscription, no-meters); nothing booked; with a setup
      token or an API key /usage has none: use `capture = "statusline"`, or log in with `claude auth
      login`
      """
