Feature: A jq program maps lines of any form to requests

  Scenario: Each line becomes any number of requests
    Given the config file feeds/batches.toml says
      """
      required = ["ts", "model", "status"]
      feature  = "feature"

      map = '''
      .job as $job | .calls[] | {
        ts: .at, rid: "\($job)-\(.n)", model: .m, status: (if .failed then "error" else "ok" end),
        input_tokens: .tokens[0], output_tokens: .tokens[1], feature: $job
      }
      '''

      [routed]
      models = ["glm-*"]
      """
    And the lines
      """
      {"job":"login-form","calls":[{"n":1,"at":"2026-11-22T09:00:00Z","m":"glm-4.6","tokens":[100,10]},{"n":2,"at":"2026-11-22T09:01:00Z","m":"gpt-5.6","tokens":[90,0],"failed":true}]}
      {"job":"csv-export","calls":[]}
      {"job":"csv-export","calls":7}
      """
    When I pipe the pane into "bin/ingest batches --window W0-CHN"
    Then it prints "batches: accepted 2, duplicates 0, rejected 1, ignored 1 (no requests)"
    And the journal proxy_telemetry reads
      | source  | rid          | model   | status | routed | ok    | input_tokens | latency_ms | feature    |
      | batches | login-form-1 | glm-4.6 | ok     | true   | true  | 100          | null       | login-form |
      | batches | login-form-2 | gpt-5.6 | error  | false  | false | 90           | null       | login-form |
    And row 1 of the journal rejects/batches has "line" 3

  Scenario: A map that takes too long on a line skips that line
    Given the config file feeds/batches.toml says
      """
      required = ["ts", "model", "status"]
      map      = "if .bad then first(repeat(empty)) else . end"
      """
    And the lines
      """
      {"ts":"2026-11-22T09:00:00Z","model":"glm-4.6","status":200}
      {"bad":true}
      {"ts":"2026-11-22T09:00:01Z","model":"glm-4.6","status":200}
      """
    When I pipe the pane into "bin/ingest batches --window W0-CHN"
    Then it prints "batches: accepted 2, duplicates 0, rejected 1"
    And row 1 of the journal rejects/batches has "line" 2
