Feature: The tasks of the extensions Cline, Roo Code and Kilo Code

  Background:
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338000000,"type":"say","say":"text","text":"hello","conversationHistoryIndex":-1},
       {"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"request\":\"hello\",\"tokensIn\":100,\"tokensOut\":20,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.01}","modelInfo":{"providerId":"anthropic","modelId":"claude-sonnet-4-5","mode":"act"}},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"request\":\"go on\"}","modelInfo":{"providerId":"anthropic","modelId":"claude-sonnet-4-5","mode":"act"}}]
      """

  Scenario: An entry is changed in place when its request ends
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 1, repeats 0, rejected 0, ignored 2 (no requests)"
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":20,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.01}","modelInfo":{"providerId":"anthropic","modelId":"claude-sonnet-4-5","mode":"act"}},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":200,\"tokensOut\":30,\"cacheWrites\":0,\"cacheReads\":0,\"cost\":0}","modelInfo":{"providerId":"cline","modelId":"z-ai/glm-5","mode":"act"}}]
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 1, repeats 1, rejected 0"
    And the journal agent_usage reads
      | ts                   | tool  | session       | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  | served_by |
      | 2026-11-22T09:00:01Z | cline | 1795338000000 | claude-sonnet-4-5 | 100          | 40                | 30                    | 20            | 0.01 | anthropic |
      | 2026-11-22T09:00:02Z | cline | 1795338000000 | z-ai/glm-5        | 200          |                   |                       | 30            | 0    | cline     |

  Scenario: A task that was copied to another editor, and one on a remote machine
    Given the file .config/Cursor/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":20,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.01}"}]
      """
    And the file .vscode-server/data/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000001/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":300,\"tokensOut\":40}"}]
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 2, repeats 1, rejected 0, ignored 2 (no requests)"

  Scenario: A request that was streamed is larger later, and replaces what was booked
    When I run "bin/ingest cline"
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":90,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.02}"}]
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 1, repeats 0, rejected 0"
    When I run "bin/usage tool --format json"
    Then the JSON value at "rows.0.output_tokens" is 90

  Scenario: Older versions have the model in a document beside, by the time from which on it was used
    Given the file .cline/data/tasks/1795338000002/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":20}"},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"request\":\"go on\"}"},
       {"ts":1795338003000,"type":"say","say":"api_req_finished","text":"{\"tokensIn\":200,\"tokensOut\":30}"},
       {"ts":1795338004000,"type":"say","say":"subagent_usage","text":"{\"source\":\"subagents\",\"tokensIn\":300,\"tokensOut\":40,\"cacheWrites\":0,\"cacheReads\":0,\"cost\":0}"}]
      """
    And the file .cline/data/tasks/1795338000002/task_metadata.json with
      """
      {"files_in_context":[],"model_usage":[
        {"ts":1795338000900,"model_id":"claude-sonnet-4-5","model_provider_id":"anthropic","mode":"plan"},
        {"ts":1795338002500,"model_id":"gpt-5","model_provider_id":"openai-native","mode":"act"}]}
      """
    And the file .cline/data/tasks/1795338000002/api_conversation_history.json with
      """
      [{"role":"user","content":[{"type":"text","text":"hello"},{"type":"text","text":"<environment_details>\n# Current Working Directory (/srv/api) Files\nmain.py\n</environment_details>"}]}]
      """
    When I run "bin/ingest cline --file .cline/data/tasks/1795338000002/ui_messages.json"
    Then the journal agent_usage reads
      | session       | project  | model             | served_by     | input_tokens | is_subagent |
      | 1795338000002 | /srv/api | claude-sonnet-4-5 | anthropic     | 100          |             |
      | 1795338000002 | /srv/api | gpt-5             | openai-native | 200          |             |
      | 1795338000002 | /srv/api | gpt-5             | openai-native | 300          | true        |

  Scenario: Roo Code counts cached tokens in its input, and its messages name the model
    Given the file .config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/tasks/aaaa0001/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"apiProtocol\":\"anthropic\",\"tokensIn\":170,\"tokensOut\":20,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.01}"},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"apiProtocol\":\"openai\",\"tokensIn\":200,\"tokensOut\":30,\"cacheWrites\":0,\"cacheReads\":0,\"cost\":0}"},
       {"ts":1795338003000,"type":"say","say":"condense_context","contextCondense":{"cost":0.05,"prevContextTokens":9000,"newContextTokens":900,"summary":"Short."}},
       {"ts":1795338004000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":4,\"tokensOut\":50,\"cacheWrites\":60,\"cacheReads\":70,\"cost\":0.02}"}]
      """
    And the file .config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/tasks/aaaa0001/api_conversation_history.json with
      """
      [{"role":"user","ts":1795338001200,"content":[{"type":"text","text":"<model>no</model> hello"},{"type":"text","text":"<environment_details>\n<model>claude-sonnet-4-5</model>\n# Current Workspace Directory (/srv/api) Files\nmain.py\n</environment_details>"}]},
       {"role":"assistant","ts":1795338001800,"content":[{"type":"text","text":"<model>no</model>"}]},
       {"role":"user","ts":1795338002200,"content":[{"type":"text","text":"<environment_details>\n<model>gpt-5</model>\n</environment_details>"}]}]
      """
    When I run "bin/ingest roo-code"
    Then it prints "roo-code: accepted 4, repeats 0, rejected 0"
    And the journal agent_usage reads
      | tool     | session  | project  | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  |
      | roo-code | aaaa0001 | /srv/api | claude-sonnet-4-5 | 100          | 40                | 30                    | 20            | 0.01 |
      | roo-code | aaaa0001 | /srv/api | gpt-5             | 200          |                   |                       | 30            | 0    |
      | roo-code | aaaa0001 | /srv/api | gpt-5             |              |                   |                       |               | 0.05 |
      | roo-code | aaaa0001 | /srv/api | gpt-5             | 4            | 70                | 60                    | 50            | 0.02 |

  Scenario: Kilo Code is a tool of its own
    Given the file .config/Windsurf/User/globalStorage/kilocode.kilo-code/tasks/aaaa0001/ui_messages.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":170,\"tokensOut\":20,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.01,\"inferenceProvider\":\"Anthropic\"}"}]
      """
    When I run "bin/ingest kilo-code"
    Then the journal agent_usage reads
      | tool      | session  | input_tokens | served_by |
      | kilo-code | aaaa0001 | 100          | Anthropic |

  Scenario: Of requests that were taken back, what the book lacks counts
    When I run "bin/ingest cline"
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338000000,"type":"say","say":"text","text":"hello"},
       {"ts":1795338004000,"type":"say","say":"deleted_api_reqs","text":"{\"tokensIn\":300,\"tokensOut\":50,\"cacheWrites\":30,\"cacheReads\":40,\"cost\":0.03}"},
       {"ts":1795338005000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":7,\"tokensOut\":8,\"cacheWrites\":0,\"cacheReads\":0,\"cost\":0.01}"}]
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 2, repeats 0, rejected 0, ignored 1 (no requests)"
    Given the folder cache of the book is gone
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 0, repeats 2, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | session       | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | usd  |
      | 2026-11-22T09:00:01Z | 1795338000000 | claude-sonnet-4-5 | 100          | 40                | 30                    | 20            | 0.01 |
      | 2026-11-22T09:00:05Z | 1795338000000 | null              | 7            |                   |                       | 8             | 0.01 |
      | 2026-11-22T09:00:04Z | 1795338000000 | null              | 200          |                   |                       | 30            | 0.02 |

  Scenario: A document that is being written is read again next time
    When I run "bin/ingest cline"
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":300,\"tok
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 0, repeats 0, rejected 0"
    And it warns
      """
      ingest: cline: 1 document that an agent is writing:
      ~/.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json; run ingest again when it is whole
      """
    Given the file .config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1795338000000/ui_messages.json with
      """
      [{"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":300,\"tokensOut\":40}"}]
      """
    When I run "bin/ingest cline"
    Then it prints "cline: accepted 1, repeats 0, rejected 0"

  Scenario: A document that is no JSON is rejected as a whole, and named
    Given the file saved.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tok
      """
    When I run "bin/ingest cline --file saved.json"
    Then it exits with 65 and prints
      """
      cline: accepted 0, repeats 0, rejected 1
      """

  Scenario: An entry whose text is cut off is rejected, and the others count
    Given the file saved.json with
      """
      [{"ts":1795338001000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tok"},
       {"ts":1795338002000,"type":"say","say":"api_req_started","text":"{\"tokensIn\":100,\"tokensOut\":20}"}]
      """
    When I run "bin/ingest cline --file saved.json"
    Then it prints "cline: accepted 1, repeats 0, rejected 1"
