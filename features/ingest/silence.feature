Feature: Logs that give nothing are named

  Scenario: Lines with tokens, of a kind that the feed does not know
    Given the file .gemini/tmp/api/chats/session-1.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f","kind":"main"}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"m","tokens":{"input":100,"output":10,"total":110}}
      {"id":"g2","timestamp":"2026-11-22T09:00:03.000Z","type":"answer","model":"m","tokens":{"input":200,"output":20,"total":220}}
      """
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 1, repeats 0, rejected 0"
    And it warns
      """
      ingest: gemini: 1 line with tokens of a kind that is not read: the agent may write another format now; see requests.only of feeds/gemini.toml
      """
    When I run "bin/ingest gemini --format json"
    Then the JSON value at "unread_lines" is 0
