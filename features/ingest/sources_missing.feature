Feature: Input that ingest cannot find

  Background:
    Given the log usage.jsonl with the requests
      | ts    | rid        |
      | 09:00 | login-form |
      | 09:10 | csv-export |

  Scenario: The feed's own file does not exist
    Given the feed proxy-telemetry has its own file nowhere.jsonl
    When I run "bin/ingest proxy-telemetry --window W0-CHN"
    Then it exits with 66 and says
      """
      ingest: no lines: stdin has none, and the feed's file HOME/nowhere.jsonl is not there; pipe them into ingest, or name a file with --file
      """
    And nothing was created

  Scenario: The feed declares no file
    Given the config file feeds/nightly.toml says
      """
      title = "Nightly"
      """
    When I run "bin/ingest nightly --window W0-CHN"
    Then it exits with 66 and says "ingest: no lines: stdin has none, and nightly declares no file; pipe them into ingest, or name a file with --file"
    And nothing was created

  Scenario: The --file does not exist
    When I run "bin/ingest proxy-telemetry --file nowhere.jsonl"
    Then it exits with 66 and says "ingest: no lines: there is no file 'nowhere.jsonl'"
    And nothing was created

  Scenario Outline: A mistake in the call: <command>
    When I run "<command>"
    Then it exits with 2 and says "<sentence>"
    And nothing was created

    Examples:
      | command                                                | sentence                                                        |
      | bin/ingest --file usage.jsonl                          | ingest: --file needs the name of a feed, as in: ingest proxy-telemetry |
      | bin/ingest --stdin                                     | ingest: --stdin needs the name of a feed, as in: ingest proxy-telemetry |
      | bin/ingest --window W1                                 | ingest: --window needs the name of a feed, as in: ingest proxy-telemetry |
      | bin/ingest claude --all                                | ingest: --all reads every agent's logs; leave out --all, or claude |
      | bin/ingest proxy-telemetry --stdin --file usage.jsonl  | ingest: argument --file: not allowed with argument --stdin      |
      | bin/ingest proxy-telemetry --window ../x               | ingest: window '../x' is not an id                                  |
      | bin/ingest telemetry                                   | ingest: no feed is called 'telemetry'; valid: |
      | bin/ingest ../feeds/litellm                            | ingest: no feed is called '../feeds/litellm'; valid: |
