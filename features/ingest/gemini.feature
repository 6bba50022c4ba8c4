Feature: Gemini CLI's chats

  Scenario: A message is written again whenever it grows, and counts once
    Given the file .gemini/tmp/api/chats/session-2026-11-22T09-00-aaaa0001.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f","startTime":"2026-11-22T09:00:00.000Z","kind":"main"}
      {"id":"u1","timestamp":"2026-11-22T09:00:01.000Z","type":"user","content":[{"text":"hello"}]}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"gemini-2.5-pro","tokens":null}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"gemini-2.5-pro","tokens":{"input":100,"output":10,"cached":40,"thoughts":7,"tool":5,"total":122}}
      {"$set":{"lastUpdated":"2026-11-22T09:00:02.000Z"}}
      """
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 1, repeats 0, rejected 0"
    And the journal agent_usage reads
      | ts                   | session  | project | model          | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens | is_subagent |
      | 2026-11-22T09:00:02Z | aaaa0001 | 3f      | gemini-2.5-pro | 65           | 40                | 17            | 7                |             |

  Scenario: What was rewound was paid, and a chat that is written anew counts once
    Given the file .gemini/tmp/api/chats/session-2026-11-22T09-00-aaaa0001.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f","kind":"main"}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"m","tokens":{"input":100,"output":10,"total":110}}
      {"id":"g2","timestamp":"2026-11-22T09:00:03.000Z","type":"gemini","model":"m","tokens":{"input":200,"output":20,"total":220}}
      {"$rewindTo":"g2"}
      {"$set":{"messages":[{"id":"u1","timestamp":"2026-11-22T09:00:01.000Z","type":"user"},{"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"m","tokens":{"input":100,"output":10,"total":110}},{"id":"g3","timestamp":"2026-11-22T09:00:04.000Z","type":"gemini","model":"m","tokens":{"input":300,"output":30,"total":330}}]}}
      """
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 3, repeats 1, rejected 0"
    And the journal agent_usage reads
      | session  | input_tokens | output_tokens |
      | aaaa0001 | 100          | 10            |
      | aaaa0001 | 200          | 20            |
      | aaaa0001 | 300          | 30            |

  Scenario: The chats of subagents are in a folder of their session
    Given the file .gemini/tmp/api/chats/aaaa0001/bbbb0002.jsonl with
      """
      {"sessionId":"bbbb0002","projectHash":"3f","kind":"subagent","directories":["/srv/api"]}
      {"id":"s1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"m","tokens":{"input":100,"output":10,"total":110}}
      """
    When I run "bin/ingest gemini"
    Then the journal agent_usage reads
      | session  | project | input_tokens | is_subagent |
      | bbbb0002 | 3f      | 100          | true        |

  Scenario: An old document that was resumed, and is written on as lines
    Given the file .gemini/tmp/api/chats/session-2026-01-22T09-00-aaaa0001.json with
      """
      {
        "sessionId": "aaaa0001", "projectHash": "3f",
        "messages": [
          {"id": "g1", "timestamp": "2026-11-22T09:00:02.000Z", "type": "gemini", "model": "m", "tokens": {"input": 100, "output": 10, "total": 110}},
          {"id": "g2", "timestamp": "2026-11-22T09:00:03.000Z", "type": "gemini", "model": "m", "tokens": {"input": 200, "output": 20, "total": 220}}
        ]
      }
      """
    And the file .gemini/tmp/api/chats/session-2026-01-22T09-00-aaaa0001.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f"}
      {"id":"g1","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","model":"m","tokens":{"input":100,"output":10,"total":110}}
      {"id":"g3","timestamp":"2026-11-22T09:00:04.000Z","type":"gemini","model":"m","tokens":{"input":300,"output":30,"total":330}}
      """
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 3, repeats 1, rejected 0"

  Scenario: A document by name, or on stdin
    Given the file saved.json with
      """
      {"sessionId": "aaaa0001",
       "messages": [{"id": "g1", "timestamp": "2026-11-22T09:00:02.000Z", "type": "gemini", "tokens": {"input": 100, "output": 10}}]}
      """
    When I run "bin/ingest gemini --file saved.json"
    Then it prints "gemini: accepted 1, repeats 0, rejected 0"
    Given the lines
      """
      {"sessionId": "aaaa0001",
       "messages": [{"id": "g2", "timestamp": "2026-11-22T09:00:03.000Z", "type": "gemini", "tokens": {"input": 100, "output": 10}}]}
      """
    When I pipe the JSON into "bin/ingest gemini --stdin"
    Then it prints "gemini: accepted 1, repeats 0, rejected 0"

  Scenario: A bad message inside a list is rejected, and the others count
    Given the file .gemini/tmp/api/chats/session-1.jsonl with
      """
      {"sessionId":"aaaa0001","projectHash":"3f"}
      {"$set":{"messages":[{"id":"g1","timestamp":"then","type":"gemini","tokens":{"input":1}},7,{"id":"g2","timestamp":"2026-11-22T09:00:02.000Z","type":"gemini","tokens":{"input":100,"output":10}}]}}
      """
    When I run "bin/ingest gemini"
    Then it prints "gemini: accepted 1, repeats 0, rejected 1, ignored 1 (no requests)"
