Feature: An unusable line is rejected with its number and the reason

  Scenario Outline: <what>
    Given the log usage.jsonl with the requests
      | ts    |
      | 09:00 |
    And the log usage.jsonl grows by the line <line>
    And the log usage.jsonl grows by the requests
      | ts    |
      | 09:10 |
    When I run "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl"
    Then it prints "proxy-telemetry: accepted 2, duplicates 0, rejected 1"
    And the journal rejects/proxy-telemetry reads
      | line | source          | reason   |
      | 2    | proxy-telemetry | <reason> |

    Examples: no JSON
      | what                 | line                                                  | reason                                               |
      | words                | "oops"                                            | not JSON: invalid character at byte 0                |
      | cut off              | "{\"ts\":1795340000,\"rid\":\"a"                      | not JSON: it is cut off                              |
      | NaN                  | "{\"ts\":NaN}"                                        | not JSON: NaN is not a number, at byte 6             |
      | a byte that is none  | "{\"rid\":\"\u00ff\"}"                                | not UTF-8 at byte 8                                  |
      | NUL                  | "{\"rid\":\"a\u0000\"}"                               | a NUL byte at byte 9                                 |

    Examples: no request
      | what                 | line                                                  | reason                                               |
      | a list               | "[1]"                                                 | not a JSON object                                    |
      | a key twice          | "{\"rid\":\"a\",\"rid\":\"b\"}"                       | duplicate key 'rid'                                  |
      | no time              | "{\"rid\":\"a\",\"lane\":\"glm\",\"model\":\"m\",\"status\":200,\"input_tokens\":1,\"output_tokens\":1,\"latency_ms\":1}" | no ts |

  Scenario: Invalid values, each with its reason
    Given the requests
      | ts      | lane     | status  | input_tokens     | latency_ms | output_tokens |
      | 09:00   | glm      | 200     | 10               | 1000       | 1             |
      | 09:01   | glm      | 200     | -1               | 1000       | 1             |
      | 09:02   | glm      | 200     | true             | 1000       | 1             |
      | 09:03   | glm      | 200     | 1.5              | 1000       | 1             |
      | 09:04   | glm      | 200     | 9007199254740993 | 1000       | 1             |
      | 09:05   | glm      | 200     | 10               | -5         | 1             |
      | 09:06   | moon     | 200     | 10               | 1000       | 1             |
      | 09:07   | glm      | so-so   | 10               | 1000       | 1             |
      | 09:08   | glm      | 700     | 10               | 1000       | 1             |
      | Monday  | glm      | 200     | 10               | 1000       | 1             |
      | 09:10   | glm      | 200     | 10               |            | 1             |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 10"
    And the journal rejects/proxy-telemetry reads
      | line | reason                                                                       |
      | 2    | input_tokens: expected int >= 0                                              |
      | 3    | input_tokens: expected int \| null, got bool                                |
      | 4    | input_tokens: expected int \| null, got float                               |
      | 5    | input_tokens: expected int <= 9007199254740992                               |
      | 6    | latency_ms: expected float >= 0.0                                            |
      | 7    | lane 'moon' is not one of the feed's: baseline, glm, anthropic, zai, unknown |
      | 8    | status 'so-so' is not one of the feed's: 2xx, ok, success, routed, cached, error, failed, failure, timeout, cancelled |
      | 9    | status 700 is no HTTP status (100 to 599)                                    |
      | 10   | ts 'Monday' is not a time from 1971 to 2999                                  |
      | 11   | no latency_ms                                                                |

  Scenario: The same line is kept once
    Given the lines
      """
      oops
      oops
      """
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    And I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it exits with 65
    And the journal rejects/proxy-telemetry has 1 row
