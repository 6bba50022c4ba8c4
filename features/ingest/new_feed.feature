Feature: a new producer is one new file under config/feeds/

  Scenario: fields under other names, and an id that makes a row the same row
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

  Scenario: lines of any shape, made into requests by a jq program
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

  Scenario: a map that takes too much of a line is stopped there, and the other lines are booked
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

  Scenario: two feeds in one window are one picture
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

  Scenario Outline: a mistake in a feed: <mistake>
    Given the config file feeds/nightly.toml says
      """
      title = "Nightly"
      <line>
      """
    When I run "bin/ingest nightly --window W0-CHN --stdin"
    Then it exits with 78 and says "ingest: CONFIG/feeds/nightly.toml<sentence>"
    And nothing was created

    Examples: any key
      | mistake                | line                            | sentence                                             |
      | unknown key            | kept = ["op"]                   | : unknown key kept; valid: errors, feature, fields   |
      | wrong type             | keep = "op"                     | : keep = 'op' is not valid; valid:                   |
      | no such journal        | journal = "diary"               | : journal = 'diary' is not valid; valid:             |
      | no such field          | required = ["tokens"]           | : required = 'tokens' is not valid; valid: ts, rid   |
      | nothing left           | identity = []                   | : identity = [] is not valid; valid: at least one    |
      | no status              | healthy = ["all right!"]        | : healthy = 'all right!' is not valid; valid: a word |
      | no path                | feature = "task..name"          | : feature = 'task..name' is not valid; valid: a path |
      | a number for a feature | feature = "status"              | : feature = 'status' is not valid; valid: a path     |
      | no jq program          | map = ".["                      | : map = '.[' is not valid; valid: a jq program       |
      | reads the environment  | map = ".a = $ENV.HOME"          | : map = '$ENV' is not valid; valid: a jq program     |
      | drops lines            | map = "if .a then halt else ."  | : map = 'halt' is not valid; valid: a jq program     |
      | reads other files      | map = 'import "a" as a; .'      | : map = 'import' is not valid; valid: a jq program   |

    Examples: in a table
      | mistake                | line                            | sentence                                             |
      | unknown key            | fields = { tokens = "t" }       | : unknown key fields.tokens; valid:                  |
      | no table               | routed = ["glm"]                | : routed = ['glm'] is not valid; valid: a table      |
      | no kind of time        | ts = { kinds = ["unix"] }       | : ts.kinds = 'unix' is not valid; valid: iso         |

  Scenario: a lane that is routed, and that the feed does not have
    Given in the feed proxy-telemetry "lanes  = ["glm", "zai"]" became "lanes  = ["glm", "moon"]"
    When I run "bin/ingest proxy-telemetry --stdin"
    Then it exits with 78 and says
      """
      ingest: CONFIG/feeds/proxy-telemetry.toml: routed.lanes = 'moon' is not valid; valid: baseline,
      glm, anthropic, zai, unknown
      """
    And nothing was created

  Scenario: a feed that is not TOML
    Given the config file feeds/nightly.toml says
      """
      title = "Nightly"
      keep = [
      """
    When I run "bin/ingest nightly --window W0-CHN --stdin"
    Then it exits with 78 and says "ingest: CONFIG/feeds/nightly.toml is not TOML: Invalid value"
    And nothing was created

  Scenario: a mistake in another feed stops no one
    Given the config file feeds/nightly.toml says
      """
      keep = [
      """
    And the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 8, duplicates 0, rejected 0"
