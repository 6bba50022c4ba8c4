Feature: Usage by day, tool, model, project and window

  Background:
    Given the windows
      | window |
      | W0-CHN |
    And Ada starts codex in W0-CHN at 09:30 with 5h 11%
    And agents used
      | at               | tool   | model             | project    | branch | session | input | output |
      | 2026-11-20 09:00 | claude | claude-opus-4-5   | /srv/api   | main   | s1      | 1     | 0      |
      | 2026-11-21 09:00 | claude | claude-opus-4-5   | /srv/web   | main   | s2      | 10    | 0      |
      | 2026-11-21 09:01 | claude | claude-sonnet-4-5 | /srv/web   | login  | s2      | 100   | 0      |
      | 2026-11-22 09:29 | codex  | gpt-5.2-codex     | /srv/api   | main   | s3      | 1000  | 0      |
      | 2026-11-22 09:30 | codex  | gpt-5.2-codex     | /srv/api   | main   | s3      | 10000 | 0      |

  Scenario Outline: Totals with filters
    When I run "bin/usage <flags> --format json"
    Then the JSON value at "totals.total_tokens" is <tokens>

    Examples:
      | flags                                      | tokens |
      | daily                                      | 11111  |
      | daily --since 2026-11-21                   | 11110  |
      | daily --until 2026-11-21                   | 111    |
      | daily --since 2026-11-21 --until 2026-11-21 | 110   |
      | weekly --until 2026-11-20                  | 1      |
      | session --since 2026-11-22                 | 11000  |
      | daily --tool codex                         | 11000  |
      | daily --tool codex --tool claude           | 11111  |
      | daily --tool gemini                        | 0      |
      | daily --model claude-sonnet-4-5            | 100    |
      | daily --model claude-*                     | 111    |
      | daily --project /srv/web                   | 110    |
      | monthly --project */api                    | 11001  |
      | daily --window W0-CHN                      | 10000  |
      | blocks --tool claude                       | 111    |
      | project --window W0-CHN                    | 10000  |

  Scenario: A project is booked without its home directory, and is selected with or without it
    Given agents used
      | at               | tool   | project | session | input | output |
      | 2026-11-23 09:00 | claude | ~/shop  | s9      | 7     | 0      |
    When I run "bin/usage daily --project /home/ada/shop --format json"
    Then the JSON has
      | path                | value |
      | totals.total_tokens | 7     |
    When I run "bin/usage daily --project ~/shop --format json"
    Then the JSON has
      | path                | value |
      | totals.total_tokens | 7     |

  Scenario: Sessions, projects, branches, tools and models, the largest first
    When I run "bin/usage session --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model             | total_tokens |
      | s3     | codex  | gpt-5.2-codex     | 11000        |
      | s2     | claude | claude-opus-4-5   | 10           |
      | s2     | claude | claude-sonnet-4-5 | 100          |
      | s1     | claude | claude-opus-4-5   | 1            |
    When I run "bin/usage project --format json"
    Then the JSON rows at "rows" are
      | period   | tool   | model             | total_tokens |
      | /srv/api | claude | claude-opus-4-5   | 1            |
      | /srv/api | codex  | gpt-5.2-codex     | 11000        |
      | /srv/web | claude | claude-opus-4-5   | 10           |
      | /srv/web | claude | claude-sonnet-4-5 | 100          |
    When I run "bin/usage branch --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model             | total_tokens |
      | main   | claude | claude-opus-4-5   | 11           |
      | main   | codex  | gpt-5.2-codex     | 11000        |
      | login  | claude | claude-sonnet-4-5 | 100          |
    When I run "bin/usage tool --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model             | total_tokens |
      | codex  | codex  | gpt-5.2-codex     | 11000        |
      | claude | claude | claude-opus-4-5   | 11           |
      | claude | claude | claude-sonnet-4-5 | 100          |
    When I run "bin/usage model --format json"
    Then the JSON rows at "rows" are
      | period            | tool   | model             | total_tokens |
      | gpt-5.2-codex     | codex  | gpt-5.2-codex     | 11000        |
      | claude-sonnet-4-5 | claude | claude-sonnet-4-5 | 100          |
      | claude-opus-4-5   | claude | claude-opus-4-5   | 11           |

  Scenario: The window is the one that the row was booked in
    When I run "bin/usage window --format json"
    Then the JSON rows at "rows" are
      | period | tool   | model             | total_tokens |
      | W0-CHN | codex  | gpt-5.2-codex     | 10000        |
      | null   | claude | claude-opus-4-5   | 11           |
      | null   | claude | claude-sonnet-4-5 | 100          |
      | null   | codex  | gpt-5.2-codex     | 1000         |

  Scenario: Invalid filters
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                          |
      | bin/usage hourly                                 |
      | bin/usage --since tomorrow                       |
      | bin/usage --until 7                              |
      | bin/usage --last 0d                              |
      | bin/usage --last 7d --since monday               |
      | bin/usage today --last 7d                        |
      | bin/usage --since 2026-11-22 --until 2026-11-21  |
      | bin/usage --tool otter                           |
      | bin/usage --timezone Europe/Atlantis             |
      | bin/usage --cost free                            |
      | bin/usage --window ../W0                         |
    When I run "bin/usage --since tomorrow"
    Then it exits with 2 and says "usage: --since 'tomorrow' is not a day, such as 2026-11-22, today, yesterday, monday or 7d"
    When I run "bin/usage --tool otter"
    Then it exits with 2 and says "usage: --tool 'otter' is not a known tool; valid: "
    When I run "bin/usage --window W9"
    Then it exits with 66 and says "window W9 is neither declared nor in the book; valid: W0-CHN"
