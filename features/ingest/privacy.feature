Feature: Secrets in a log never reach the disk

  Scenario Outline: <what> in a reason
    Given the requests
      | ts    | lane | reason            |
      | 09:00 | glm  | retry by <secret> |
      | 09:01 | moon | retry by <secret> |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 1"
    And row 1 of the journal proxy_telemetry has "reason" retry by <shown>
    And no file of the book contains "<secret>"
    And the journal rejects/proxy-telemetry reads
      | line | reason                                                                         |
      | 2    | lane 'moon' is not one of the feed's: baseline, glm, anthropic, zai, unknown |

    Examples:
      | what              | secret                                                         | shown   |
      | a key             | sk-ant-EXAMPLE0123456789abcdef                                 | [key]   |
      | a JWT             | eyJhbGciOiJub25lIn0.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJl       | [key]   |
      | an e-mail address | ada@example.com                                                | [email] |

  Scenario: A secret in an id, a lane or a kept field
    Given the requests
      | ts    | rid                            | lane            | upstream                        |
      | 09:00 | sk-ant-EXAMPLE0123456789abcdef | glm             | https://ada:hidden@example.com/ |
      | 09:01 | login-form                     | ada@example.com | api.example.com                 |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 1, duplicates 0, rejected 1"
    And row 1 of the journal proxy_telemetry has "rid" [key]
    And row 1 of the journal proxy_telemetry has "extra.upstream" https://ada:[key]@example.com/
    And row 1 of the journal rejects/proxy-telemetry has "reason" lane '[email]' is not one of the feed's: baseline, glm, anthropic, zai, unknown
    And no file of the book contains "EXAMPLE"
    And no file of the book contains "hidden"
    And no file of the book contains "ada@"
