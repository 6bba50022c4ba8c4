Feature: Readings make the bounds across resets closer

  Scenario: 60% in the first five hours and 30% in the second prove 90 points
    Given main starts codex in W0-CHN at 08:00 with 5h 0% resets 13:00
    And the rollout a contains
      | at    | 5h            | weekly                   |
      | 12:50 | 60 till 13:00 | 30 till 2026-11-26 00:00 |
    And "bin/ingest codex" was run
    And main ends codex at 15:00 with 5h 30% resets 18:00
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON has
      | path               | value |
      | meters.0.meter     | 5h    |
      | meters.0.delta_min | 90    |
      | meters.0.delta_max | 130   |
      | meters.0.resets    | 1     |

  Scenario: A day without readings is unknown
    Given main starts codex in W0-CHN at 00:10 with 5h 4% resets 05:00
    And main ends codex at 23:50 with 5h 44% resets 2026-11-23 04:00
    When I run "bin/preview --window W0-CHN --block meters"
    Then it prints the lines
      """
      agent  provider  meter  before  after                  delta  █ old ▓ new
      main   codex     5h         4%    44%  unknown over 4 resets  ▓▓▓▓▓░░░░░░░
      """
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON has
      | path               | value |
      | meters.0.delta_min | 44    |
      | meters.0.resets    | 4     |

  Scenario: Snapshots of another agent on the same account are readings too
    Given ada starts codex in W0-CHN at 08:00 with account ada@example.com, 5h 0% resets 13:00
    And bo starts codex in W0-CHN at 12:50 with account ada@example.com, 5h 60% resets 13:00
    And ada ends codex at 15:00 with account ada@example.com, 5h 30% resets 18:00
    And bo ends codex at 15:10 with account ada@example.com, 5h 31% resets 18:00
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON rows at "meters" are
      | agent   | delta_min | delta_max |
      | ada, bo | 91        | 131       |

  Scenario Outline: Readings of two folders are not mixed: <labels>
    Given the config file accounts.toml says
      """
      <labels>
      """
    And main starts codex in W0-CHN at 08:00 with 5h 0% resets 13:00
    And the rollout a in .codex contains
      | at    | 5h            | weekly                   |
      | 12:50 | 60 till 13:00 | 30 till 2026-11-26 00:00 |
    And the rollout b in .codex-work contains
      | at    | 5h            | weekly                   |
      | 12:55 | 90 till 13:00 | 40 till 2026-11-27 00:00 |
    And CODEX_HOME is set to "~/.codex, ~/.codex-work"
    And "bin/ingest codex" was run
    And main ends codex at 15:00 with 5h 30% resets 18:00
    When I run "bin/preview --window W0-CHN --block meters --format json"
    Then the JSON value at "meters.0.delta_min" is <least>
    And the journal meters reads
      | home          | 5h | weekly |
      | ~/.codex      | 60 | 30     |
      | ~/.codex-work | 90 | 40     |

    Examples:
      | labels                                                                      | least |
      |                                                                             | 90    |
      | accounts.work = {provider = "codex", homes = ["~/.codex-work"], agents = ["main"]} | 120 |
      | accounts.work = {provider = "codex", homes = ["~/.codex-work", "~/.codex"]} | 120   |
