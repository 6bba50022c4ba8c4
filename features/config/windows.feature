Feature: Mistakes in windows.toml

  Scenario Outline: windows.toml: <mistake>
    Given the config file windows.toml says
      """
      timezone = "UTC"
      <setting>

      [windows.W0-CHN]
      title = "Automation pack"
      <entry>
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says "preview: CONFIG/windows.toml<sentence>"
    And nothing was created

    Examples: at the top
      | mistake              | setting               | entry | sentence                                                                              |
      | unknown key          | time_zone = "UTC"     |       | : unknown key time_zone; valid: lag_buffer, last_look, missed_after, raw_panes, reset_time, timezone, windows  |
      | wrong type           | lag_buffer = 5        |       | : lag_buffer = 5 is not valid; valid: expected `str`, got `int`                       |
      | no length of time    | lag_buffer = "soon"   |       | : lag_buffer = 'soon' is not valid; valid:                                            |
      | no time of day       | reset_time = "24:01"  |       | : reset_time = '24:01' is not valid; valid:                                           |
      | no such choice       | raw_panes = "all"     |       | : raw_panes = 'all' is not valid; valid:                                              |

    Examples: in a window
      | mistake              | setting | entry               | sentence                                                                        |
      | unknown key          |         | titel = "x"         | : unknown key windows.W0-CHN.titel; valid: budget, ends, next, title            |
      | wrong type           |         | next = 7            | : windows.W0-CHN.next = 7 is not valid; valid: expected `str \| null`, got `int` |
      | a next that is none  |         | next = "W0-CHP"     | : windows.W0-CHN.next = 'W0-CHP' is not valid; valid: none is declared          |
      | its own next         |         | next = "W0-CHN"     | : windows.W0-CHN.next = 'W0-CHN' is not valid; valid: none is declared          |
      | a budget that is none|         | budget = "huge"     | : windows.W0-CHN.budget = 'huge' is not valid; valid: default                   |
      | no moment            |         | ends = "Monday"     | : windows.W0-CHN.ends = 'Monday' is not valid; valid:                           |

  Scenario Outline: An unknown time zone: <zone>
    Given the setting timezone of windows.toml is "<zone>"
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: timezone: unknown time zone '<zone>'; valid: local, or an
      IANA name such as Europe/Berlin
      """
    And nothing was created

    Examples:
      | zone             |
      | Mars/Olympus     |
      | ../../etc/passwd |
      | /etc/localtime   |

  Scenario: Windows that are not tables
    Given the config file windows.toml says
      """
      windows = ["W0-CHN"]
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: windows = ['W0-CHN'] is not valid; valid: tables such as
      [windows.NAME]
      """

  Scenario: A window with an invalid id
    Given the config file windows.toml says
      """
      [windows."../x"]
      title = "out of the book"
      """
    When I run "bin/preview --window W0-CHN"
    Then it exits with 78 and says
      """
      preview: CONFIG/windows.toml: windows.../x = '../x' is not valid; valid: an id, 1 to 64 of A-Z
      a-z 0-9 . _ - and a letter or digit first
      """
