Feature: Without a proxy's log, cost-compare takes the requests in agents' logs

  Transcripts name the model of each subagent's request. Requests to models of Z.ai are routed, all
  others are baseline; `[routed]` in the agent's feed declares others.

  Background:
    Given the only prices are
      """
      [prices]
      "claude-*" = { input = 3, output = 15, cache_read = 0.3, cache_write = 3.75 }
      "glm-4.6"  = { input = 0.6, output = 2.2, cache_read = 0.1 }
      "kimi-k2"  = { input = 0.5, output = 2 }
      """
    And the snapshots
      | at    | agent | provider | phase  | window | weekly |
      | 09:00 | main  | codex    | before | W0-CHN | 10%    |

  Scenario: What GLM subagents saved
    Given agents used
      | at    | model             | input | output | cache_read | cache_write |
      | 09:10 | claude-sonnet-4-5 | 1000  | 100    | 100000     | 10000       |
      | 09:20 | z-ai/glm-4.6      | 2000  | 500    | 50000      | 0           |
      | 09:30 | glm-4.6           | 1000  | 500    | 0          | 0           |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "Offloading saved 0.0300 USD (from agents' logs)"
    And it prints the lines
      """
      Spent: 0.0810 USD (baseline 0.0720 USD, routed 0.0090 USD)
      At the baseline's prices: 0.0390 USD (healthy routed requests: 2)
      """
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                             | value                                           |
      | verdict                          | Offloading saved 0.0300 USD (from agents' logs) |
      | source                           | agent_usage                                     |
      | matched                          | 0                                               |
      | unmatched                        | 0                                               |
      | gaps.without_feature             | 3                                               |
      | totals.baseline.requests         | 1                                               |
      | totals.baseline.tokens           | 111100                                          |
      | totals.routed.requests           | 2                                               |
      | totals.routed.cached_input_tokens | 50000                                          |
      | totals.counterfactual_usd        | 0.039                                           |
      | totals.saved_usd                 | 0.03                                            |

  Scenario: The proxy's log counts where there is one, and the overlap is not added
    Given agents used
      | at    | model             |
      | 09:10 | claude-sonnet-4-5 |
      | 09:20 | glm-4.6           |
    And W0-CHN has the requests
      | ts    | rid | lane     | model             |
      | 09:10 | f1  | baseline | claude-sonnet-4-5 |
      | 09:20 | f1  | glm      | glm-4.6           |
    When I run "bin/cost-compare --window W0-CHN --format json"
    Then the JSON has
      | path                | value           |
      | source              | proxy_telemetry |
      | totals.all.requests | 2               |
      | matched             | 1               |

  Scenario Outline: Which requests are routed: <what>
    Given in the feed claude "title       = "Claude Code"" became "<declared>"
    And agents used
      | at    | model             | input | output |
      | 09:10 | claude-sonnet-4-5 | 10000 | 1000   |
      | 09:20 | glm-4.6           | 10000 | 1000   |
      | 09:30 | kimi-k2           | 10000 | 1000   |
    When I run "bin/cost-compare --window W0-CHN"
    Then the first line is "<verdict>"

    Examples:
      | what        | declared                                            | verdict                                                     |
      | by default  | # no table                                          | Offloading saved 0.0178 USD (from agents' logs)             |
      | by its name | routed = { models = ["Kimi*"], served_by = [] }     | Offloading saved 0.0196 USD (from agents' logs)             |
      | by a seller | routed = { models = [], served_by = ["moonshot"] }   | Offloading saved 0.0196 USD (from agents' logs)           |
      | none        | routed = { models = [], served_by = [] }            | Offloading: unknown (no routed requests; from agents' logs) |
