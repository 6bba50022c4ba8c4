Feature: The quota of GLM

  Z.ai's quota endpoint answers with percentages. `ccusage blocks` counts the requests of Claude Code
  to every model, of which those to GLM models count.

  Scenario: The answer of the quota endpoint
    Given the pane
      """
      {"code": 200, "msg": "success", "success": true, "data": {"planName": "Pro", "limits": [
       {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 25, "nextResetTime": 1795345200000},
       {"type": "TOKENS_LIMIT", "unit": 6, "number": 1, "percentage": 9, "nextResetTime": 1795651200000},
       {"type": "TIME_LIMIT", "unit": 5, "number": 1, "usage": 1000, "currentValue": 224, "percentage": 22}]}}
      """
    When I pipe the pane into "bin/snapshot start glm --agent ada" at 09:00
    Then it prints
      """
      BEFORE W0-CHN ada glm: 5h 25%, weekly 9%, monthly tools 22% (224 of 1,000 calls) [reset-not-shown:monthly tools] (ID)
      """

  Scenario: The key is not valid
    Given the pane
      """
      {"code": 401, "msg": "token expired or incorrect", "success": false}
      """
    When I pipe the pane into "bin/snapshot start glm --agent ada" at 09:00
    Then it exits with 65 and says "no meters of glm in the pane (not-logged-in, no-meters); nothing booked"

  Scenario: Blocks of other models do not count
    Given the pane
      """
      {"blocks": [{"entries": 40, "models": ["claude-opus-5"]}, {"entries": 17, "models": ["glm-5"]}]}
      """
    When I pipe the pane into "bin/snapshot start glm --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada glm: 17 requests (ID)"

  Scenario: A block with requests to GLM and to Claude
    Given the pane
      """
      {"blocks": [{"entries": 40, "models": ["claude-opus-5", "glm-5"]}]}
      """
    When I pipe the pane into "bin/snapshot start glm --agent ada" at 09:00
    Then it exits with 65 and says "no meters of glm in the pane (mixed-models); nothing booked"
