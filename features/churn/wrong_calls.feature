Feature: Mistakes in the call or in churn.toml

  Background:
    Given the repository app
    And app has the commit begin
      | file | lines |
      | list | one   |
    And app has the commit end
      | file | lines   |
      | list | one two |

  Scenario: Invalid flags
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                                                           |
      | bin/churn --window ../x                                                           |
      | bin/churn --window W0-CHN --provider a/b --commit-start begin --commit-end end    |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths ../x      |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths /etc      |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths a/../../b |
      | bin/churn --window W0-CHN --commit-start begin --commit-end end --paths ''        |
      | bin/churn --window W0-CHN --commit-start                                          |

  Scenario Outline: A mistake in churn.toml: <text>
    Given the config file churn.toml says
      """
      <text>
      """
    When I run "bin/churn --window W0-CHN --commit-start begin --commit-end end"
    Then it exits with 78 and says "CONFIG/churn.toml: <said>"

    Examples:
      | text                       | said                              |
      | repos = 3                  | unknown key repos; valid: exclude |
      | exclude = ['']             | exclude[0] = '' is not          |
      | repositories = {'a/b'='x'} | repositories.a/b = 'a/b' is not   |
      | repositories = {a=''}      | repositories[...] = {'a': ''}     |
