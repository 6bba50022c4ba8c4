Feature: Experiments assign features to arms at random

  Background:
    Given "bin/experiment new pairing --question 'Do pairs use fewer tokens?' --arm alone --arm pairs --metric tokens --effect 25% --spread 1.2 --seed 7" was run

  Scenario: A plan says how many features are needed, and is never changed
    When I run "bin/experiment new quick --question Q --arm a --arm b --metric pass --effect 40% --baseline 50%"
    Then it prints a line with "features find a difference of 40 points in 8"
    And it prints a line with "Assumed: 50% with a, as given."
    When I run "bin/experiment new pairing --question 'And USD?' --arm alone --arm pairs --metric usd --effect 25% --spread 1.2"
    Then it exits with 2 and says "experiment pairing has another plan (question); a plan is not changed, so choose another name"

  Scenario: The same feature keeps its arm
    When I run "bin/experiment assign pairing F-1"
    Then it prints "F-1 of pairing is assigned to pairs"
    When I run "bin/experiment assign pairing F-1"
    Then it prints "already booked: F-1 of pairing is assigned to pairs"
    And the journal experiments reads
      | row        | experiment | feature | arm   | number |
      | experiment | pairing    |         |       |        |
      | assignment | pairing    | F-1     | pairs | 0      |

  Scenario: The verdict comes first
    Given pairing has the outcomes
      | arm   | values                                  |
      | alone | 200 190 210 205 195 198 202 207 193 201 |
      | pairs | 140 150 145 155 138 142 151 149 147 144 |
    When I run "bin/experiment"
    Then the first line is "pairing: pairs uses 27% fewer tokens per feature than alone [23, 31], n = 20; the interval excludes 0"

  Scenario: Too few outcomes give no interval
    Given pairing has the outcomes
      | arm   | values  |
      | alone | 200 190 |
      | pairs | 140     |
    When I run "bin/experiment report pairing"
    Then the first line is "pairing: no verdict yet: an interval needs 5 outcomes of each arm; alone has 2, pairs has 1"
