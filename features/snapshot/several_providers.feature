Feature: JSON of tools that show several providers

  CodexBar and OpenUsage show providers that burnbook does not read itself. The provider that is
  asked for decides which entry counts.

  Background:
    Given the pane
      """
      [{"provider": "devin", "source": "web", "usage": {"updatedAt": "2026-11-22T08:59:00Z",
        "primary": {"usedPercent": 40, "windowMinutes": 1440, "resetsAt": "2026-11-23T00:00:00Z"}}},
       {"provider": "claude", "source": "web", "usage": {"updatedAt": "2026-11-22T08:59:00Z",
        "primary": {"usedPercent": 12, "windowMinutes": 300, "resetsAt": "2026-11-22T13:00:00Z"}}},
       {"provider": "grok", "source": "web", "error": {"code": 1, "message": "Not logged in."}}]
      """

  Scenario: A provider that burnbook does not read itself
    When I pipe the pane into "bin/snapshot start devin --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada devin: daily 40% (ID)"

  Scenario: A provider that has a pane
    When I pipe the pane into "bin/snapshot start claude --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada claude: session 12% (ID)"

  Scenario: A provider that the tool could not load
    When I pipe the pane into "bin/snapshot start grok --agent ada" at 09:00
    Then it exits with 65 and says "no meters of grok in the pane (not-logged-in, no-meters); nothing booked"

  Scenario: A provider that the tool does not show
    When I pipe the pane into "bin/snapshot start codex --agent ada" at 09:00
    Then it exits with 65 and says "no meters of codex in the pane (provider-not-shown, no-meters); nothing booked"

  Scenario: A provider that is not in the document
    When I pipe the pane into "bin/snapshot start claud --agent ada" at 09:00
    Then it exits with 2 and says "unknown provider 'claud'; valid: "
