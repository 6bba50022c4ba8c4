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
    Then the JSON has
      | path         | value |
      | accepted     | 0     |
      | unread_lines | 1     |
    When I run "bin/doctor sources"
    Then it prints the lines
      """
      gemini: 1 line with tokens of a kind that is not read: the agent may write another format now; see requests.only of feeds/gemini.toml
      """

  Scenario: A folder that was replaced by a file
    Given the file .claude with
      """
      moved to the other disk
      """
    When I run "bin/ingest claude"
    Then it exits with 66 and says
      """
      ingest: no logs: ~/.claude is not a folder; move that file away
      """

  Scenario: Files without a request
    Given the file .gemini/tmp/api/chats/session-1.jsonl with
      """
      {"session":"aaaa0001","schema":9}
      {"id":"g1","spent":{"in":100,"out":10}}
      """
    When I run "bin/ingest"
    Then it warns
      """
      ingest: gemini: no request in 1 file: tmp/*/chats/**/*.jsonl, tmp/*/chats/session-*.json; nothing to do if Gemini CLI was only started; else the agent may write another format now: update burnbook, or change feeds/gemini.toml
      """
    When I run "bin/ingest"
    Then it warns
      """
      ingest: gemini: no request in 1 file: tmp/*/chats/**/*.jsonl, tmp/*/chats/session-*.json; nothing to do if Gemini CLI was only started; else the agent may write another format now: update burnbook, or change feeds/gemini.toml
      """

  Scenario: doctor shows what is read of each agent
    Given the file .claude/projects/p/s1.jsonl with
      """
      {"type":"assistant","timestamp":"2026-11-22T09:00:00.000Z","sessionId":"s1","requestId":"req_1","message":{"id":"msg_1","model":"m","usage":{"input_tokens":3,"output_tokens":1}}}
      """
    And the file .qwen/projects/p/chats/s2.jsonl with
      """
      {"type":"user","timestamp":"2026-11-22T09:00:00.000Z","uuid":"u1","sessionId":"s2"}
      """
    When I run "bin/ingest claude"
    And I run "bin/doctor sources"
    Then it prints the lines
      """
      2 agents on this machine; not all of it is read: qwen
      claude 1 0 1 2026-11-22 09:00 ~/.claude
      qwen 1 1 0 - ~/.qwen
      qwen: its logs were never read; run ./just ingest qwen
      """
    And nothing was written
    When I run "bin/doctor sources --format json"
    Then the JSON rows at "agents" are
      | feed   | files | new_files | rows | last_row             | unread |
      | claude | 1     | 0         | 1    | 2026-11-22T09:00:00Z |        |
      | qwen   | 1     | 1         | 0    | null                 |        |

  Scenario: A document with tokens under keys that the feed does not know
    Given the file saved.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":20}"},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"request\":\"tokens: 7\"}"},
       {"ts":1795338003000,"type":"say","say":"api_req_started","text":"{\"usage\":{\"input\":300,\"output\":40}}"}]
      """
    When I run "bin/ingest cline --file saved.json"
    Then it prints "cline: accepted 1, repeats 0, rejected 0, ignored 2 (no requests)"
    And it warns
      """
      ingest: cline: 1 line with tokens of a kind that is not read: the agent may write another format now; see requests.only of feeds/cline.toml
      """

  Scenario: A document without its list
    Given the file saved.json with
      """
      {"version":2,"sessionId":"aaaa0001","turns":[{"id":"msg_a2","metrics":{"inputTokens":170,"outputTokens":20}}]}
      """
    When I run "bin/ingest cline-cli --file saved.json --format json"
    Then the JSON value at "unread_lines" is 1
