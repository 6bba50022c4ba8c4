Feature: A shell asks what may come next

  The words are those of the command line; the last is the one at the cursor. Nothing is written, and no
  message is printed, whatever is wrong with the config or the book.

  Scenario: Windows of the config and of the book
    Given Ada starts codex in W9-OLD at 09:00 with weekly 30%
    When I run "bin/completions --complete bash preview ''"
    Then it prints
      """
      W0-CHN
      W0-CHP
      W0-CHQ
      W9-OLD
      """
    When I run "bin/completions --complete bash decide --window W0-"
    Then it prints
      """
      W0-CHN
      W0-CHP
      W0-CHQ
      """

  Scenario Outline: A recipe is completed as its script: <line>
    When I run "bin/completions --complete bash <line>"
    Then it prints the lines
      """
      <candidate>
      """

    Examples:
      | line                       | candidate   |
      | just pre                   | preview     |
      | just usage mon             | monthly     |
      | just start cod             | codex       |
      | just start codex W0-CHP    | W0-CHP      |
      | just ingest proxy-te       | proxy-telemetry |
      | just preview W0-CHN --bl   | --block     |
      | just schedule --due res    | reset       |
      | just capture ccusage-d     | ccusage-daily |
      | usage --by pro             | project     |
      | usage --since yes          | yesterday   |
      | preview --block met        | meters      |
      | preview --format=mark      | --format=markdown |
      | preview --format = mark    | markdown    |
      | report --out x             | :files      |
      | demo --keep x              | :dirs       |

  Scenario: A flag is offered once, with its help in zsh and fish
    When I run "bin/completions --complete zsh check --qu"
    Then it prints "--quiet:print nothing if there is no fault"
    When I run "bin/completions --complete zsh check --quiet --qu"
    Then it prints nothing

  Scenario: A name with spaces is quoted for bash
    Given agents used
      | at    | project            | model           | input | output |
      | 09:00 | /srv/my billing $1 | claude-opus-4-5 | 100   | 10     |
    And "bin/usage project" was run
    When I run "bin/completions --complete bash usage --project /srv"
    Then it prints "/srv/my\ billing\ \$1"
    When I run "bin/completions --complete fish usage --project /srv"
    Then it prints "/srv/my billing $1"

  Scenario Outline: An empty book or a broken config has no candidates
    Given the config file windows.toml says
      """
      windows = 1
      """
    When I run "bin/completions --complete <words>"
    Then it prints nothing
    And it prints no message
    And nothing was written

    Examples:
      | words                                  |
      | bash preview ''                        |
      | fish preview --data-dir HOME/none ''   |
      | zsh usage --project ''                 |
      | bash just no-such-recipe ''            |
      | bash                                   |
