Feature: Panes of other providers

  Each provider is one file. What its pane does not show is null, with a word.

  Scenario: Gemini's dialog of models
    Given the pane
      """
      Model usage

      Pro         ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬    25%  Resets: 1:30 PM (4h 30m)
      Flash       ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬    4%   Resets: 9:00 PM (12h)
      """
    When I pipe the pane into "bin/snapshot start gemini --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada gemini: pro:daily 25%, flash:daily 4% (ID)"

  Scenario: Kiro's credits are more precise than its bar
    Given the pane
      """
      Estimated Usage | resets on 2026-12-01 | KIRO PRO
      Credits (16.01 of 1000 covered in plan)
      █ 1%
      """
    When I pipe the pane into "bin/snapshot start kiro --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada kiro: monthly 1.6% (16.01 of 1,000 credits) (ID)"

  Scenario: Credits alone
    Given the pane
      """
      Signed in as ada@example.com (team)
      Individual credits: $25.64 remaining
      """
    When I pipe the pane into "bin/snapshot start amp --agent ada" at 09:00
    Then it prints "BEFORE W0-CHN ada amp: credits 25.64 USD left [no-meters] (ID)"

  Scenario: A meter that is not known by name
    Given the pane
      """
      Plan usage
        Weekly limit  ████████░░░░░░░░░░░░  40% used
      """
    When I pipe the pane into "bin/snapshot start kimi --agent ada --set 5h=12" at 09:00
    Then it prints "BEFORE W0-CHN ada kimi: weekly 40%, 5h 12% [reset-not-shown:weekly] (ID)"
