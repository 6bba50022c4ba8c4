Feature: Recording commits never stops a snapshot

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |

  Scenario Outline: A broken repository: <what>
    Given <what> was run in app
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it prints no message
    And row 1 of the journal snapshots has "phase" before

    Examples:
      | what                                       |
      | git symbolic-ref HEAD refs/heads/not-there |
      | git update-ref -d refs/heads/main          |

  Scenario: a repository that git cannot read stops no snapshot
    Given git config extensions.worktreeConfig nonsense was run in app
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it warns
      """
      snapshot: no commits are recorded: git cannot read HOME/app: bad boolean config value 'nonsense'
      for 'extensions.worktreeconfig'
      """
    And row 1 of the journal snapshots has "phase" before

  Scenario: nor does a missing git
    Given git is not installed
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it prints no message
    And row 1 of the journal snapshots has "phase" before

  Scenario: A mistake in churn.toml
    Given the config file churn.toml says
      """
      exclude = 3
      """
    When Ada starts codex in W0-CHN at 09:00 with 5h 10%
    Then it warns
      """
      snapshot: no commits are recorded: CONFIG/churn.toml: exclude = 3 is not valid;
      valid: expected `array`, got `int`
      """
    And the journal snapshots has 1 row

  Scenario: record_commits = false
    Given the config file churn.toml says
      """
      record_commits = false
      """
    And Ada starts codex in W0-CHN at 09:00 with 5h 10%
    And "bin/finalize --window W0-CHN" was run
    Then row 1 of the journal windows has "commit_end" null
    And the journal snapshots reads
      | phase  | commits |
      | before |         |
