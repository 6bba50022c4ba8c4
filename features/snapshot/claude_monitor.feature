Feature: Claude's session from the screen of claude-monitor

  Scenario: Its percentage is an estimate, and the row says so
    Given the pane
      """
      ✦ ✧ ✦ ✧ CLAUDE CODE USAGE MONITOR ✦ ✧ ✦ ✧
      ============================================================
      [ pro | europe/london ]

      📊 Token Usage:    🟢 [████████████████░░░░░░░░░░░░░░░░░░] 45.2%

      🎯 Tokens:         19,888 / ~44,000 (24,112 left)
      🔥 Burn Rate:      132.4 tokens/min ➡️

      ⏱️  Time to Reset:  ⏰ [████████████████████████░░░░░░░░░░] 1h 19m

      🔮 Predictions:
         Tokens will run out: 3:22 PM
         Limit resets at:     2:00 PM

      ⏰ 12:41:07 PM 📝 Active session | Ctrl+C to exit 🟢
      """
    When I pipe the pane into "bin/snapshot start claude" at 12:41
    Then it prints "BEFORE W0-CHN main claude: session 45.2% [estimated:session] (ID)"
    And the journal snapshots reads
      | session | meters.session.resets_at | errors            |
      | 45.2    | 2026-11-22T14:00:00Z     | estimated:session |
