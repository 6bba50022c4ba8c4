Feature: A report is split by model, agent, project, account, tool or hour

  Background:
    Given agents used
      | agent | at               | tool   | session | model             | project  | input | output |
      | ada   | 2026-11-21 09:10 | claude | s1      | claude-opus-4-5   | /srv/api | 1     | 0      |
      | ada   | 2026-11-21 10:10 | claude | s1      | claude-sonnet-4-5 | /srv/web | 10    | 0      |
      | bo    | 2026-11-21 10:50 | codex  | s2      | gpt-5.2-codex     | /srv/web | 100   | 0      |
      | bo    | 2026-11-22 09:20 | codex  | s3      | gpt-5.2-codex     | /srv/api | 1000  | 0      |

  Scenario Outline: Days by <name>, the largest part first, hours in their order
    When I run "bin/usage --by <name> --format json"
    Then the JSON rows at "rows" are
      | period     | <name>   | total_tokens |
      | 2026-11-21 | <first>  | <a>          |
      | 2026-11-21 | <second> | <b>          |
      | 2026-11-22 | <third>  | 1000         |
    And the JSON value at "by" is <name>

    Examples:
      | name    | first    | second   | third    | a   | b   |
      | agent   | bo       | ada      | bo       | 100 | 11  |
      | project | /srv/web | /srv/api | /srv/api | 110 | 1   |
      | tool    | codex    | claude   | codex    | 100 | 11  |
      | hour    | 09:00    | 10:00    | 09:00    | 1   | 110 |

  Scenario: Text names each period once
    When I run "bin/usage --by model"
    Then it prints
      """
      Usage daily: 1,111 tokens (1,111 new), 0.0020 USD at API list prices, or as logged
        Day         Model              Input  Cache write  Cache read  Output  Total     USD
        2026-11-21  gpt-5.2-codex        100            0           0       0    100  0.0002
                    claude-sonnet-4-5     10            0           0       0     10  0.0000
                    claude-opus-4-5        1            0           0       0      1  0.0000
        2026-11-22  gpt-5.2-codex      1,000            0           0       0  1,000  0.0018
        Total                          1,111            0           0       0  1,111  0.0020
      Prices in USD as of 2026-11-22, from genai-prices 0.2.3
      """

  Scenario: Accounts of agents
    Given the config file accounts.toml says
      """
      [accounts.team]
      provider = "codex"
      agents   = ["bo"]
      """
    When I run "bin/usage --by account --format csv"
    Then it prints as CSV the columns
      | period     | account | total_tokens |
      | 2026-11-21 | team    | 100          |
      | 2026-11-21 |         | 11           |
      | 2026-11-22 | team    | 1000         |

  Scenario Outline: Blocks and other reports are split as well
    When I run "bin/usage <report> --by <name> --format json"
    Then the JSON rows at "rows" are
      | period   | <name>   | total_tokens |
      | <period> | <first>  | <a>          |
      | <period> | <second> | <b>          |

    Examples:
      | report                      | name    | period               | first    | second            | a    | b    |
      | blocks --tool claude        | hour    | 2026-11-21T09:00:00Z | 09:00    | 10:00             | 1    | 10   |
      | blocks --tool claude        | project | 2026-11-21T09:00:00Z | /srv/web | /srv/api          | 10   | 1    |
      | monthly --tool codex        | project | 2026-11              | /srv/api | /srv/web          | 1000 | 100  |
      | agent --until 2026-11-21 --tool claude | model | ada         | claude-sonnet-4-5 | claude-opus-4-5 | 10 | 1 |

  Scenario: A block that a reset cuts is split to the second
    Given Ada starts codex in W1 at 09:00 with 5h 11% resets 13:10
    And agents used
      | agent | at               | tool  | session | model         | input | output |
      | ada   | 2026-11-22 13:09 | codex | s8      | gpt-5.2-codex | 5     | 0      |
      | bo    | 2026-11-22 13:10 | codex | s9      | gpt-5.2-codex | 7     | 0      |
    When I run "bin/usage blocks --since 2026-11-22 --by agent --format json"
    Then the JSON rows at "rows" are
      | period               | guessed | agent | total_tokens |
      | 2026-11-22T08:10:00Z | false   | bo    | 1000         |
      | 2026-11-22T08:10:00Z | false   | ada   | 5            |
      | 2026-11-22T13:10:00Z | true    | bo    | 7            |

  Scenario: What cannot be split
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                        |
      | bin/usage --by session         |
      | bin/usage --by model --explain |
