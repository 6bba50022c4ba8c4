Feature: A window as an argument or as --window

  Every command that takes a window takes it in both ways, before or after its other flags.

  Background:
    Given Ada starts codex in W0-CHN at 09:00 with 5h 11%
    And Ada ends codex in W0-CHN at 12:00 with 5h 51%

  Scenario Outline: <command>
    When I run "<command>" at 13:00
    Then it exits with 0
    And it prints the lines
      """
      <line>
      """

    Examples:
      | command                                         | line                                       |
      | bin/preview W0-CHN                              | W0-CHN  Automation pack  [done]            |
      | bin/preview --block window W0-CHN               | W0-CHN  Automation pack  [done]            |
      | bin/preview W0-CHN --window W0-CHN              | W0-CHN  Automation pack  [done]            |
      | just preview W0-CHN                             | W0-CHN  Automation pack  [done]            |
      | bin/audit W0-CHP                                | W0-CHP: no findings                        |
      | bin/finalize --outcome pass W0-CHN              | W0-CHN finalized: 0 anomalies (ID)         |
      | just finalize W0-CHN --outcome pass             | W0-CHN finalized: 0 anomalies (ID)         |
      | bin/snapshot start codex W0-CHQ --set 5h=1      | BEFORE W0-CHQ main codex: 5h 1% (ID)       |
      | bin/snapshot start codex --set 5h=1 W0-CHQ      | BEFORE W0-CHQ main codex: 5h 1% (ID)       |
      | just start codex W0-CHQ --set 5h=1              | BEFORE W0-CHQ main codex: 5h 1% (ID)       |
      | bin/undo codex W0-CHN --agent ada --index 2     | undone: BEFORE of codex for ada in W0-CHN, taken 2026-11-22 09:00 (ID) |

  Scenario Outline: Two windows: <command>
    When I run "<command>"
    Then it exits with 2 and says "two windows are given, W0-CHP and W0-CHN; name one"

    Examples:
      | command                                            |
      | bin/preview W0-CHN --window W0-CHP                 |
      | bin/timer --window W0-CHP W0-CHN                   |
      | bin/snapshot start codex W0-CHN --window W0-CHP    |

  Scenario Outline: A command that closes or proves needs a window: <command>
    When I run "<command>"
    Then it exits with 2 and says "no window is given; name it, such as `<example>`"

    Examples:
      | command                                                                       | example         |
      | bin/finalize                                                                  | finalize W0-CHN |
      | bin/evidence --capability C --run r --runner t --result pass --artifact x.xml | evidence W0-CHN |

  Scenario: --all is every window
    When I run "bin/audit W0-CHN --all"
    Then it exits with 2 and says "audit: --all and a window, W0-CHN, are given; give one of them"
