Feature: How a model is priced on a day

  Scenario: The prices of a day, under any name of the model
    When I run "bin/prices --explain openrouter/openai/gpt-5-6-sol:beta --at 2026-08-20T12:00:00Z"
    Then it prints the lines
      """
      openrouter/openai/gpt-5-6-sol:beta is gpt-5.6-sol, served by openrouter: entry gpt-5.6-sol of openrouter
      """
    When I run "bin/prices --explain gpt-5.6-sol --at 2026-08-20T12:00:00Z"
    Then it prints
      """
      gpt-5.6-sol is gpt-5.6-sol, served by openai: entry gpt-5.6-sol of openai
      USD per million tokens on 2026-08-20 (UTC), from genai-prices 0.2.3
        Mode      Over tokens  Hours UTC  Input  Output  Cache read  Cache write  For 1 h  1,000 searches  From  Until
        standard            -          -      5      30         0.5         6.25        -              10  -     2026-08-20
        standard      272,000          -     10      45           1         12.5        -              10  -     2026-08-20

      Multipliers
      batch (batch): x 0.5 since 2024-04-15, https://developers.openai.com/api/docs/pricing
      flex (flex): x 0.5 since 2025-04-17, https://developers.openai.com/api/docs/pricing
      priority (priority): x 2 since 2025-08-07, https://openai.com/api-priority-processing/
      """

  Scenario: The same for machines
    When I run "bin/prices --explain us.anthropic.claude-sonnet-4-5-20250929-v1:0 --at 2026-11-20 --format json"
    Then the JSON has
      | path           | value                      |
      | name           | claude-sonnet-4-5          |
      | served_by      | bedrock                    |
      | region         | regional                   |
      | list           | bedrock                    |
      | entry          | regional.claude-sonnet-4-5 |
      | prices.0.input | 3.3                        |

  Scenario Outline: What has no price: <model>
    When I run "bin/prices --explain <model> --at 2026-11-20"
    Then it prints
      """
      <title>
      """

    Examples:
      | model                  | title                                                                             |
      | otter                  | otter is otter, served by an unknown seller: no price on 2026-11-20               |
      | z-ai/glm-4.5-air:free  | z-ai/glm-4.5-air:free is glm-4.5-air, served by openrouter: free, the name ends in :free |
      | ollama/qwen3           | ollama/qwen3 is qwen3, served by local: no price on 2026-11-20                    |
