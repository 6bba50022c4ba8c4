Feature: lines come from a pipe, from a redirected file, from --file, or from the feed's own file

  Background:
    Given the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |

  Scenario Outline: <how>
    When a shell runs "<command>"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"
    And the journal proxy_telemetry reads
      | ts                   | rid        | window |
      | 2026-11-22T09:00:00Z | login-form | W0-CHN |
      | 2026-11-22T09:10:00Z | csv-export | W0-CHN |

    Examples:
      | how                | command                                                                         |
      | a pipe             | tail -n +1 usage.jsonl \| bin/ingest proxy-telemetry --window W0-CHN            |
      | a pipe, said       | cat usage.jsonl \| bin/ingest proxy-telemetry --window W0-CHN --stdin           |
      | a redirected file  | bin/ingest proxy-telemetry --window W0-CHN < usage.jsonl                        |
      | a file             | bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl                   |

  Scenario: the feed's own file, where stdin has nothing
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"

  Scenario: what stdin has is taken in place of the feed's own file
    Given the feed proxy-telemetry has its own file usage.jsonl
    And the requests
      | ts    | rid          |
      | 09:20 | search-index |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 0"

  Scenario: --stdin means stdin, also where it has nothing
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN --stdin"
    Then it prints "proxy-telemetry: accepted 0, duplicates 0, rejected 0"
    And the journal proxy_telemetry has 0 rows

  Scenario: the same rows by every way are booked once
    Given the feed proxy-telemetry has its own file usage.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    And I run "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl"
    Then it prints "proxy-telemetry: accepted 0, duplicates 2, rejected 0"
    When a shell runs "cat usage.jsonl usage.jsonl | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 0, duplicates 4, rejected 0"
    And the journal proxy_telemetry has 2 rows

  Scenario: the last line of a pipe or of a file need not be ended
    When a shell runs "printf %s "$(cat usage.jsonl)" | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"

  Scenario: a byte-order mark, CRLF line ends and blank lines are no fault
    When a shell runs "{ printf '\357\273\277'; sed 's/$/\r/' usage.jsonl; printf '\n \n'; } | bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 0"

  Scenario: a feed whose own file is not there
    Given the feed proxy-telemetry has its own file nowhere.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it exits with 66 and says
      """
      ingest: no lines: stdin has none, and the feed's file HOME/nowhere.jsonl is not there
      """
    And nothing was created

  Scenario: a feed that declares no file
    Given the config file feeds/nightly.toml says
      """
      title = "Nightly"
      """
    When I run "bin/ingest nightly --window W0-CHN"
    Then it exits with 66 and says "ingest: no lines: stdin has none, and nightly declares no file"
    And nothing was created

  Scenario: a file that is not there
    When I run "bin/ingest proxy-telemetry --file nowhere.jsonl"
    Then it exits with 66 and says "ingest: no lines: there is no file 'nowhere.jsonl'"
    And nothing was created

  Scenario Outline: a mistaken call: <command>
    When I run "<command>"
    Then it exits with 2 and says "<sentence>"
    And nothing was created

    Examples:
      | command                                                | sentence                                                        |
      | bin/ingest                                             | ingest: the following arguments are required: feed              |
      | bin/ingest proxy-telemetry --stdin --file usage.jsonl  | ingest: argument --file: not allowed with argument --stdin      |
      | bin/ingest proxy-telemetry --window ../x               | ingest: window '../x' is not an id                                  |
      | bin/ingest telemetry                                   | ingest: no feed is called 'telemetry'; valid: |
      | bin/ingest ../feeds/litellm                            | ingest: no feed is called '../feeds/litellm'; valid: |
