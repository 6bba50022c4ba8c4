Feature: The limits of Claude Code as JSON

  Each of its forms has the meters of the pane, by the same names.

  Scenario: What a status line gets
    Given the pane
      """
      {"session_id": "s1", "rate_limits": {"five_hour": {"used_percentage": 23.5, "resets_at": 1795345200},
       "seven_day": {"used_percentage": 41, "resets_at": 1795651200}}}
      """
    When I pipe the pane into "bin/snapshot start claude --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada claude: session 23.5%, week-all-models 41% (ID)"

  Scenario: The last event of stream-json counts
    Given the pane
      """
      {"type": "rate_limit_event", "rate_limit_info": {"status": "allowed", "rateLimitType": "five_hour", "utilization": 0.07, "resetsAt": 1795345200}}
      {"type": "rate_limit_event", "rate_limit_info": {"status": "allowed", "rateLimitType": "five_hour", "utilization": 0.29, "resetsAt": 1795345200}}
      {"type": "result", "subtype": "success", "result": "Done."}
      """
    When I pipe the pane into "bin/snapshot start claude --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada claude: session 29% (ID)"

  Scenario: The result of claude -p /usage
    Given the pane
      """
      {"type": "result", "subtype": "success", "result": "Current session: 6% used · resets Nov 22, 11am (UTC)\n"}
      """
    When I pipe the pane into "bin/snapshot start claude --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada claude: session 6% (ID)"
