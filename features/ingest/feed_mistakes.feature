Feature: A mistake in a feed's file

  Scenario Outline: A mistake in a feed: <mistake>
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

  Scenario: A routed lane that the feed does not declare
    Given in the feed proxy-telemetry "lanes  = ["glm", "zai"]" became "lanes  = ["glm", "moon"]"
    When I run "bin/ingest proxy-telemetry --stdin"
    Then it exits with 78 and says
      """
      ingest: CONFIG/feeds/proxy-telemetry.toml: routed.lanes = 'moon' is not valid; valid: baseline,
      glm, anthropic, zai, unknown
      """
    And nothing was created

  Scenario: A feed that is not TOML
    Given the config file feeds/nightly.toml says
      """
      title = "Nightly"
      keep = [
      """
    When I run "bin/ingest nightly --window W0-CHN --stdin"
    Then it exits with 78 and says "ingest: CONFIG/feeds/nightly.toml is not TOML: Invalid value"
    And nothing was created

  Scenario: A mistake in another feed has no effect
    Given the config file feeds/nightly.toml says
      """
      keep = [
      """
    And the lines of samples/telemetry/usage.jsonl
    When I pipe the pane into "bin/ingest proxy-telemetry --window W0-CHN"
    Then it prints "proxy-telemetry: accepted 8, duplicates 0, rejected 0"
