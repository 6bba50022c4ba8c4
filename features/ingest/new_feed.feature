Feature: A new log format is one new file in config/feeds/

  Scenario: Other field names, and an id that identifies a row
    Given the config file feeds/nightly.toml says
      """
      title    = "Nightly agents"
      healthy  = ["done"]
      identity = ["rid"]
      feature  = "task.name"
      keep     = ["task.try"]

      [fields]
      ts            = ["ended", "started"]
      rid           = "call"
      lane          = []
      model         = 'attributes."gen_ai.request.model"'
      status        = "result"
      input_tokens  = "usage.in"
      output_tokens = "usage.out"
      latency_ms    = "ms"

      [requests]
      only = { kind = ["call"] }

      [routed]
      models = ["glm-*"]
      """
    And the lines
      """
      {"kind":"call","call":"n1","ended":"2026-11-22T09:00:00Z","attributes":{"gen_ai.request.model":"glm-4.6"},"result":"done","usage":{"in":100,"out":10},"ms":900,"task":{"name":"login-form","try":2}}
      {"kind":"call","call":"n2","started":1795338000,"attributes":{"gen_ai.request.model":"gpt-5.6"},"result":"failed","usage":{"in":90,"out":0},"ms":30000}
      {"kind":"call","call":"n1","ended":"2026-11-22T09:00:07Z","attributes":{"gen_ai.request.model":"glm-4.6"},"result":"done","usage":{"in":100,"out":10},"ms":907}
      {"kind":"heartbeat"}
      """
    When I pipe the pane into "bin/ingest nightly --window W0-CHN"
    Then it prints "nightly: accepted 2, duplicates 1, rejected 0, ignored 1 (no requests)"
    And the journal proxy_telemetry reads
      | source  | ts                   | rid | lane | model   | status | routed | ok    | feature    | extra.task.try |
      | nightly | 2026-11-22T09:00:00Z | n1  | null | glm-4.6 | done   | true   | true  | login-form |                |
      | nightly | 2026-11-22T09:00:00Z | n2  | null | gpt-5.6 | failed | false  | false |            |                |

  Scenario: Two feeds of one window are counted together
    Given W0-CHN has the requests
      | ts    | model   |
      | 09:00 | glm-4.6 |
    And the config file feeds/nightly.toml says
      """
      title = "Nightly"
      """
    And the requests
      | ts    | lane  | model   |
      | 09:01 | night | gpt-5.6 |
    When I pipe the pane into "bin/ingest nightly --window W0-CHN"
    And I run "bin/preview --window W0-CHN --block proxy --format json"
    Then the JSON has
      | path                                | value |
      | subagent_proxy.requests             | 2     |
      | subagent_proxy.routed               | 1     |
      | subagent_proxy.lanes.night.requests | 1     |
