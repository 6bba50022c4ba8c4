Feature: Aider's log of analytics

  Background:
    Given the file logs/aider.jsonl with
      """
      {"event":"cli session","properties":{"main_model":"gemini/gemini-2.5-pro","edit_format":"diff"},"user_id":"c42c","time":1795338000}
      {"event":"message_send_starting","properties":{},"user_id":"c42c","time":1795338001}
      {"event":"message_send","properties":{"main_model":"gemini/gemini-2.5-pro","weak_model":"gemini/gemini-2.5-flash","editor_model":"gemini/gemini-2.5-pro","edit_format":"ask","prompt_tokens":10006,"completion_tokens":81,"total_tokens":10087,"cost":0.0133,"total_cost":0.0133},"user_id":"c42c","time":1795338004}
      {"event":"message_send","properties":{"main_model":"gemini/gemini-2.5-pro","weak_model":"None","editor_model":"None","edit_format":"ask","prompt_tokens":10006,"completion_tokens":81,"total_tokens":10087,"cost":0.0133,"total_cost":0.0266},"user_id":"c42c","time":1795338004}
      {"event":"message_send","properties":{"main_model":"None","weak_model":"None","editor_model":"None","edit_format":"ask","prompt_tokens":500,"completion_tokens":20,"total_tokens":520,"cost":0,"total_cost":0},"user_id":"c42c","time":1795338009}
      {"event":"exit","properties":{"reason":"Control-C"},"user_id":"c42c","time":179533801
      """

  Scenario: A message is a row, also where it is not known which model answered
    When I run "bin/ingest aider --file logs/aider.jsonl"
    Then it prints "aider: accepted 3, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                   | model                 | input_tokens | output_tokens | usd    |
      | 2026-11-22T09:00:04Z | gemini/gemini-2.5-pro | 10006        | 81            | 0.0133 |
      | 2026-11-22T09:00:04Z | gemini/gemini-2.5-pro | 10006        | 81            | 0.0133 |
      | 2026-11-22T09:00:09Z | null                  | 500          | 20            | 0      |

  Scenario: Aider without a log
    Given the file .aider/analytics.json with
      """
      {"uuid":"c42c","permanently_disable":null,"asked_opt_in":false}
      """
    When I run "bin/ingest aider"
    Then it prints "aider: accepted 0, repeats 0, rejected 0"
    And it warns
      """
      ingest: aider: no file matches: analytics*.jsonl; Aider logs requests only with --analytics-log FILE, which has no usual place; give the file with --file, or write to ~/.aider/analytics.jsonl
      """

  Scenario: Without Aider
    When I run "bin/ingest aider"
    Then it exits with 66 and says "Aider logs requests only with --analytics-log FILE, which has no usual place; give the file with --file, or write to ~/.aider/analytics.jsonl"
