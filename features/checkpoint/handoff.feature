Feature: The handoff page

  What somebody needs who takes over: where things are, what was planned and used, what is decided,
  the preview, and what offloading saved.

  Background:
    Given the config file budgets.toml says
      """
      [budgets.default]
      target_tokens = 200_000
      """
    And main starts codex in W0-CHN at 09:00 with 5h 11%, context 30K

  Scenario: A checkpoint writes the page
    Given W0-CHN has the requests
      | ts    | input_tokens | output_tokens |
      | 09:05 | 29000        | 1000          |
    When I run "bin/checkpoint W0-CHN" at 09:30
    Then the handoff has the lines
      """
      <!-- burnbook:begin -->
      ## Handoff of W0-CHN
      ### Paths
      | book | BOOK |
      | ledger | HOME/docs/Ledgers/Token\_Churn\_Ledger.csv |
      | handoff | HOME/docs/HANDOFF.md |
      ### Checkpoints
      | plan | main | 2026-11-22 09:30 | 200,000 | 30,000 | -170,000 | feeds |
      ### Decision: NO-GO
      - W0-CHN is not finalized; run \`finalize W0-CHN\`
      ### Preview
      - **W0-CHN  Automation pack  \[open\]**
      - Anomalies: 0
      <!-- burnbook:end -->
      """

  Scenario: Other text on the page is kept
    Given the handoff with
      """
      # Notes of Ada
      <!-- burnbook:begin -->
      old
      <!-- burnbook:end -->
      Ask Bo about the parser.
      """
    When I run "bin/checkpoint W0-CHN" at 09:30
    Then the handoff begins with
      """
      # Notes of Ada
      <!-- burnbook:begin -->
      ## Handoff of W0-CHN
      """
    And the handoff ends with
      """
      <!-- burnbook:end -->
      Ask Bo about the parser.
      """

  Scenario: Text of a row cannot end the section
    When I run "bin/checkpoint W0-CHN --task '<!-- burnbook:end -->'" at 09:30
    And I run "bin/finalize --window W0-CHN --notes '<!-- burnbook:end -->'"
    And I run "bin/checkpoint W0-CHN" at 09:40
    Then it prints no message
    And the handoff ends with
      """
      <!-- burnbook:end -->

      """

  Scenario Outline: Broken markers are refused and nothing is booked
    Given the handoff with
      """
      <first>
      mine
      <second>
      """
    When I run "bin/checkpoint W0-CHN" at 09:30
    Then it exits with 65 and says "valid: one of each, in this order, or none"
    And nothing was written

    Examples:
      | first                   | second                  |
      | <!-- burnbook:begin --> |                         |
      | <!-- burnbook:end -->   |                         |
      | <!-- burnbook:begin --> | <!-- burnbook:begin --> |
      | <!-- burnbook:end -->   | <!-- burnbook:begin --> |

  Scenario: With telemetry it lists the features with the most tokens
    Given the file usage.jsonl with
      """
      {"ts":"2026-11-22T09:30:00Z","rid":"search","lane":"glm","model":"m","status":200,"input_tokens":700,"output_tokens":70,"latency_ms":9}
      {"ts":"2026-11-22T09:31:00Z","rid":"search","lane":"baseline","model":"n","status":200,"input_tokens":900,"output_tokens":90,"latency_ms":9}
      """
    And "bin/ingest proxy-telemetry --window W0-CHN --file usage.jsonl" was run
    When I run "bin/checkpoint W0-CHN" at 10:00
    Then the handoff has the lines
      """
      - **W0-CHN: routed against baseline**
      | search | 990 | 770 | -220 |
      """
