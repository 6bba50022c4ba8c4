Feature: Without a file, import reads the captured output of ccusage

  The oldest comes first. ccusage forgets the days whose logs the agent deleted; the book does not.

  Background:
    Given the program ccusage prints
      """
      {"daily": [{"date": "2026-10-20", "totalTokens": 1000}, {"date": "2026-11-21", "totalTokens": 50}]}
      """
    And "bin/capture ccusage-daily --at 2026-11-21T01:06Z" was run
    And the program ccusage prints
      """
      {"daily": [{"date": "2026-11-21", "totalTokens": 800}]}
      """
    And "bin/capture ccusage-daily --at 2026-11-22T01:06Z" was run
    When I run "bin/import ccusage"

  Scenario: The captured document is booked
    Then it prints "ccusage from 2 captures: accepted 3, duplicates 0, rejected 0"
    And the journal imported_usage reads
      | period     | total_tokens | captured_at          | supersedes | source                                       |
      | 2026-10-20 | 1000         | 2026-11-21T01:06:00Z |            | captures/ccusage-daily/20261121T010600Z.json |
      | 2026-11-21 | 50           | 2026-11-21T01:06:00Z |            | captures/ccusage-daily/20261121T010600Z.json |
      | 2026-11-21 | 800          | 2026-11-22T01:06:00Z | ID         | captures/ccusage-daily/20261122T010600Z.json |

  Scenario: Importing again adds nothing
    When I run "bin/import ccusage"
    Then it prints "ccusage from 2 captures: accepted 0, duplicates 3, rejected 0"
    And the journal imported_usage has 3 rows

  Scenario: --compare shows the differences from the book
    Given the file log.jsonl with
      """
      {"type": "assistant", "timestamp": "2026-11-21T10:00:00.000Z", "sessionId": "s", "cwd": "/home/ada/app", "requestId": "r1", "message": {"id": "m1", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 700, "output_tokens": 50}}}
      """
    And "bin/ingest claude --file log.jsonl" was run
    When I run "bin/import ccusage --compare"
    Then it prints
      """
      2 days of ccusage, 2 differ from the book
      2026-10-20 claude: ccusage 1,000, book none
      2026-11-21 claude: ccusage 800, book 750
      """
    And nothing was written but the cache

  Scenario: Nothing was captured
    Given the folder captures of the book is gone
    When I run "bin/import ccusage"
    Then it exits with 66 and says
      """
      import: no JSON: pipe it in, give --file, or run capture ccusage-daily first
      """
