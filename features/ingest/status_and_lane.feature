Feature: How lanes and statuses of the proxy count

  Scenario Outline: Routed or baseline: lane <lane>, model <model>
    Given the requests
      | ts    | lane   | model   |
      | 09:00 | <lane> | <model> |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then row 1 of the journal proxy_telemetry has "routed" <routed>

    Examples:
      | lane      | model             | routed |
      | glm       | claude-sonnet-4-5 | true   |
      | zai       | claude-sonnet-4-5 | true   |
      | baseline  | GLM-4.6           | true   |
      | anthropic | z.ai/glm-4.6      | true   |
      | anthropic | claude-sonnet-4-5 | false  |
      | unknown   | gpt-5.6           | false  |

  Scenario Outline: Healthy or not: status <status>
    Given the requests
      | ts    | status   |
      | 09:00 | <status> |
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then row 1 of the journal proxy_telemetry has "ok" <ok>

    Examples:
      | status  | ok    |
      | 200     | true  |
      | 204     | true  |
      | OK      | true  |
      | cached  | true  |
      | 302     | false |
      | 429     | false |
      | timeout | false |
