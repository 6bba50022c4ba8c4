Feature: Mistakes in a checkpoint

  Scenario: Invalid flags create nothing
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                  |
      | bin/checkpoint W0-CHN --phase late       |
      | bin/checkpoint W0-CHN --plan -1          |
      | bin/checkpoint W0-CHN --actual many      |
      | bin/checkpoint ../W0-CHN                 |
      | bin/checkpoint W0-CHN --provider "a b"   |
      | bin/checkpoint W0-CHN W0-CHP             |

  Scenario: An unknown window
    When I run "bin/checkpoint W9"
    Then it exits with 66 and says "window W9 is neither declared nor in the book"
    And nothing was written

  Scenario: A mistake in ledgers.toml
    Given the config file ledgers.toml says
      """
      folder = 7
      """
    When I run "bin/checkpoint W0-CHN"
    Then it exits with 78 and says "ledgers.toml: folder = 7 is not valid; valid: expected `str`, got `int`"
    And nothing was written
