Feature: Codex's rollouts show running totals, and forks repeat their parent

  Background:
    Given the file .codex/sessions/2026/11/22/rollout-a.jsonl with
      """
      {"timestamp":"2026-11-22T09:00:00.000Z","type":"session_meta","payload":{"id":"a","cwd":"/home/ada/api","source":"cli","git":{"branch":"main"}}}
      {"timestamp":"2026-11-22T09:00:01.000Z","type":"turn_context","payload":{"model":"gpt-5.2-codex"}}
      {"timestamp":"2026-11-22T09:00:02.000Z","type":"event_msg","payload":{"type":"token_count","info":null,"rate_limits":null}}
      {"timestamp":"2026-11-22T09:00:09.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10,"reasoning_output_tokens":4}}}}
      {"timestamp":"2026-11-22T09:00:11.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10,"reasoning_output_tokens":4}}}}
      {"timestamp":"2026-11-22T09:00:20.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":250,"cached_input_tokens":160,"output_tokens":30,"reasoning_output_tokens":5}}}}
      {"timestamp":"2026-11-22T09:00:30.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":90,"cached_input_tokens":0,"output_tokens":5,"reasoning_output_tokens":0}}}}
      """

  Scenario: Totals that repeat, grow and fall
    When I run "bin/ingest codex"
    Then it prints "codex: accepted 3, repeats 1, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | session | project | branch | model         | input_tokens | cache_read_tokens | output_tokens | reasoning_tokens |
      | 2026-11-22T09:00:09Z | a       | ~/api   | main   | gpt-5.2-codex | 40           | 60                | 10            | 4                |
      | 2026-11-22T09:00:20Z | a       | ~/api   | main   | gpt-5.2-codex | 50           | 100               | 20            | 1                |
      | 2026-11-22T09:00:30Z | a       | ~/api   | main   | gpt-5.2-codex | 90           |                   | 5             |                  |

  Scenario Outline: A fork repeats its parent's lines, with <times>
    Given the file .codex/sessions/2026/11/22/rollout-b.jsonl with
      """
      {"timestamp":"2026-11-22T10:00:00.000Z","type":"session_meta","payload":{"id":"b","cwd":"/srv/web",<parent>}}
      {"timestamp":"<first>","type":"session_meta","payload":{"id":"a","cwd":"/home/ada/api"}}
      {"timestamp":"<first>","type":"turn_context","payload":{"model":"gpt-5.2-codex"}}
      {"timestamp":"<first>","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10}}}}
      {"timestamp":"<second>","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":250,"cached_input_tokens":160,"output_tokens":30}}}}
      {"timestamp":"2026-11-22T10:00:07.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":400,"cached_input_tokens":200,"output_tokens":37}}}}
      """
    When I run "bin/ingest codex"
    Then it prints "codex: accepted 4, repeats 3, rejected 0, ignored 1 (no requests)"
    And row 4 of the journal agent_usage has "session" b
    And row 4 of the journal agent_usage has "project" /srv/web
    And row 4 of the journal agent_usage has "input_tokens" 110
    And row 4 of the journal agent_usage has "cache_read_tokens" 40

    Examples:
      | times          | first                    | second                   | parent                                                               |
      | their own time | 2026-11-22T09:00:09.000Z | 2026-11-22T09:00:20.000Z | "forked_from_id":"a"                                                 |
      | new times      | 2026-11-22T10:00:00.010Z | 2026-11-22T10:00:00.900Z | "source":{"subagent":{"thread_spawn":{"parent_thread_id":"a"}}}      |

  Scenario: Responses with their own usage replace the totals
    Given the file .codex/sessions/2026/11/22/rollout-c.jsonl with
      """
      {"timestamp":"2026-11-22T11:00:00.000Z","type":"session_meta","payload":{"id":"c","cwd":"/srv/web"}}
      {"timestamp":"2026-11-22T11:00:01.000Z","type":"turn_context","payload":{"model":"gpt-5.2-codex"}}
      {"timestamp":"2026-11-22T11:00:05.000Z","type":"token_usage_record","payload":{"response_id":"resp_1","usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10,"reasoning_output_tokens":4}}}
      {"timestamp":"2026-11-22T11:00:05.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10,"reasoning_output_tokens":4}}}}
      {"timestamp":"2026-11-22T11:00:06.000Z","type":"token_usage_record","payload":{"response_id":"resp_1","usage":{"input_tokens":100,"cached_input_tokens":60,"output_tokens":10,"reasoning_output_tokens":4}}}
      """
    When I run "bin/ingest codex"
    Then row 4 of the journal agent_usage has "request_id" resp_1
    And row 4 of the journal agent_usage has "input_tokens" 40
    And the journal agent_usage has 4 rows

  Scenario: A row keeps the tier, the cache writes and the subagent
    Given the file .codex/sessions/2026/11/22/rollout-d.jsonl with
      """
      {"timestamp":"2026-11-22T12:00:00.000Z","type":"session_meta","payload":{"id":"d","cwd":"/srv/web","source":{"subagent":{"thread_spawn":{"parent_thread_id":"a","agent_nickname":"Noether"}}}}}
      {"timestamp":"2026-11-22T12:00:01.000Z","type":"event_msg","payload":{"type":"thread_settings_applied","thread_settings":{"model":"gpt-5.6-terra","service_tier":"priority"}}}
      {"timestamp":"2026-11-22T12:00:09.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":60,"cache_write_input_tokens":10,"output_tokens":5},"last_token_usage":{"input_tokens":100,"cached_input_tokens":60,"cache_write_input_tokens":10,"output_tokens":5}}}}
      {"timestamp":"2026-11-22T12:00:10.000Z","type":"event_msg","payload":{"type":"thread_settings_applied","thread_settings":{"model":"gpt-5.6-terra"}}}
      {"timestamp":"2026-11-22T12:00:19.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":150,"cached_input_tokens":90,"cache_write_input_tokens":12,"output_tokens":8},"last_token_usage":{"input_tokens":50,"cached_input_tokens":30,"cache_write_input_tokens":2,"output_tokens":3}}}}
      """
    When I run "bin/ingest codex"
    Then the journal agent_usage reads
      | ts                   | session | service_tier | subagent | input_tokens | cache_read_tokens | cache_write_5m_tokens |
      | 2026-11-22T09:00:09Z | a       |              |          | 40           | 60                |                       |
      | 2026-11-22T09:00:20Z | a       |              |          | 50           | 100               |                       |
      | 2026-11-22T09:00:30Z | a       |              |          | 90           |                   |                       |
      | 2026-11-22T12:00:09Z | d       | priority     | Noether  | 30           | 60                | 10                    |
      | 2026-11-22T12:00:19Z | d       |              | Noether  | 18           | 30                | 2                     |
