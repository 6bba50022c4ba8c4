Feature: An experiment refuses what it cannot use

  Scenario: Each of these is one sentence
    Given "bin/experiment new one --question Q --arm a --arm b --metric quality --effect 1 --spread 0.9" was run
    And "bin/experiment assign one F-1" was run
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                                                            |
      | bin/experiment new                                                                 |
      | bin/experiment new two --question Q --arm a --metric pass --effect 20%             |
      | bin/experiment new two --question Q --arm a --arm a --metric pass --effect 20%     |
      | bin/experiment new two --question Q --arm a --arm b --metric pass                  |
      | bin/experiment new two --question Q --arm a --arm b --metric tokens --effect 25%   |
      | bin/experiment new two --question Q --arm a --arm b --metric joy --effect 25%      |
      | bin/experiment new two --question Q --arm a --arm b --metric pass --effect 0.2     |
      | bin/experiment new two --question Q --arm a --arm b --metric pass --effect 1%      |
      | bin/experiment record one F-1                                                      |
      | bin/experiment record one F-1 --withdraw                                           |
      | bin/experiment assign one                                                          |

  Scenario: A value that the scale does not allow
    Given "bin/experiment new one --question Q --arm a --arm b --metric quality --effect 1 --spread 0.9" was run
    And "bin/experiment assign one F-1" was run
    When I run "bin/experiment record one F-1 --value 9"
    Then it exits with 2 and says "--value is 9; quality is 1 to 5"
    When I run "bin/experiment record one F-1 --value nan"
    Then it exits with 2 and says "--value is nan; it must be a number"
    When I run "bin/experiment record one F-1 --value 3 --used c"
    Then it exits with 2 and says "--used is c; the arms of one are a, b"

  Scenario: An unknown experiment or feature is missing
    When I run "bin/experiment assign two F-1"
    Then it exits with 66 and says "there is no experiment two; those of the book: none"
    When I run "bin/experiment report two"
    Then it exits with 66 and says "there is no experiment two; those of the book: none"

  Scenario: A book without experiments
    When I run "bin/experiment"
    Then it prints "no experiment is booked; `experiment new NAME` plans one"
    And nothing was created
