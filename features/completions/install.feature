Feature: Completions in the user's folder

  Scenario Outline: Installed once, and removed: <shell>
    When I run "bin/completions <shell> --install"
    Then it prints the lines
      """
      installed for <shell>: HOME/<file>
      """
    When I run "bin/completions <shell> --install"
    Then it prints the lines
      """
      already installed for <shell>: HOME/<file>
      """
    And nothing was written
    When I run "bin/completions --remove"
    Then it prints "removed for <shell>: HOME/<file>"
    When I run "bin/completions --remove"
    Then it prints "no completions are installed"

    Examples:
      | shell | file                                              |
      | bash  | .local/share/bash-completion/completions/burnbook |
      | zsh   | .local/share/zsh/site-functions/_burnbook         |
      | fish  | .config/fish/conf.d/burnbook.fish                 |

  Scenario: The shell is that of SHELL
    Given SHELL is set to "/usr/bin/zsh"
    When I run "bin/completions --install"
    Then it prints the lines
      """
      installed for zsh: HOME/.local/share/zsh/site-functions/_burnbook
      zsh reads it if ~/.zshrc has, before compinit: fpath=(HOME/.local/share/zsh/site-functions $fpath)
      """

  Scenario: A shell that is not known
    Given SHELL is set to "/bin/dash"
    When I run "bin/completions --install"
    Then it exits with 2 and says "completions: SHELL is 'dash'; name the shell: bash, zsh, fish"
