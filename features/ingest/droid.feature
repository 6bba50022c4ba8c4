Feature: The sessions of Droid, which keep their totals

  Background:
    Given the file .factory/sessions/-srv-api/aaaa0001.settings.json with
      """
      {"assistantActiveTimeMs":900,"model":"claude-sonnet-4-5","reasoningEffort":"low","providerLock":"anthropic","providerLockTimestamp":"2026-11-22T09:00:00.000Z",
       "tokenUsage":{"inputTokens":100,"outputTokens":20,"cacheCreationTokens":30,"cacheReadTokens":40,"thinkingTokens":5}}
      """
    And the file .factory/sessions/-srv-api/aaaa0001.jsonl with
      """
      {"type":"session_start","id":"aaaa0001","title":"hello","owner":"ada","cwd":"/srv/api"}
      {"type":"message","id":"m1","timestamp":"2026-11-22T09:00:00.000Z","message":{"role":"user","content":[{"type":"text","text":"hello"}]}}
      """
    When I run "bin/ingest droid"

  Scenario: The first reading has what the session used so far, and thinking counts beside the output
    Then it prints "droid: accepted 1, repeats 0, rejected 0"
    And it prints no message
    And the journal agent_usage reads
      | session  | project  | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | reasoning_tokens | served_by |
      | aaaa0001 | /srv/api | claude-sonnet-4-5 | 100          | 40                | 30                    | 25            | 5                | anthropic |

  Scenario: Later readings have what it used since, for the model that it has then
    Given the file .factory/sessions/-srv-api/aaaa0001.settings.json with
      """
      {"model":"gpt-5","providerLock":"openai",
       "tokenUsage":{"inputTokens":400,"outputTokens":60,"cacheCreationTokens":30,"cacheReadTokens":90,"thinkingTokens":15}}
      """
    And the folder cache of the book is gone
    When I run "bin/ingest droid"
    Then it prints "droid: accepted 1, repeats 0, rejected 0"
    Given the folder cache of the book is gone
    When I run "bin/ingest droid"
    Then it prints "droid: accepted 0, repeats 1, rejected 0"
    And the journal agent_usage reads
      | session  | project  | model             | input_tokens | cache_read_tokens | cache_write_5m_tokens | output_tokens | reasoning_tokens | served_by |
      | aaaa0001 | /srv/api | claude-sonnet-4-5 | 100          | 40                | 30                    | 25            | 5                | anthropic |
      | aaaa0001 | /srv/api | gpt-5             | 300          | 50                |                       | 50            | 10               | openai    |

  Scenario: Totals that fell begin anew
    Given the file .factory/sessions/-srv-api/aaaa0001.settings.json with
      """
      {"model":"gpt-5","tokenUsage":{"inputTokens":10,"outputTokens":2,"cacheCreationTokens":0,"cacheReadTokens":0,"thinkingTokens":0}}
      """
    When I run "bin/ingest droid"
    Given the file .factory/sessions/-srv-api/aaaa0001.settings.json with
      """
      {"model":"gpt-5","tokenUsage":{"inputTokens":15,"outputTokens":4,"cacheCreationTokens":0,"cacheReadTokens":0,"thinkingTokens":0}}
      """
    And the folder cache of the book is gone
    When I run "bin/ingest droid"
    Then the journal agent_usage reads
      | model             | input_tokens | output_tokens |
      | claude-sonnet-4-5 | 100          | 25            |
      | gpt-5             | 10           | 2             |
      | gpt-5             | 5            | 2             |

  Scenario: A session without usage, and a copy of a session in another folder
    Given the file .factory/sessions/aaaa0002.settings.json with
      """
      {"model":"gpt-5","reasoningEffort":"none"}
      """
    And the file .factory/sessions/-srv-web/aaaa0001.settings.json with
      """
      {"model":"claude-sonnet-4-5","providerLock":"anthropic",
       "tokenUsage":{"inputTokens":100,"outputTokens":20,"cacheCreationTokens":30,"cacheReadTokens":40,"thinkingTokens":5}}
      """
    When I run "bin/ingest droid"
    Then it prints "droid: accepted 0, repeats 1, rejected 0, ignored 1 (no requests)"
