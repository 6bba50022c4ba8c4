Feature: The outcomes of an experiment come from people, evidence and finalize

  Background:
    Given "bin/experiment new one --question Q --arm a --arm b --metric pass --effect 50% --seed 7" was run
    And "bin/experiment assign one F-1" was run
    And the file report.xml with
      """
      <testsuite tests="1"/>
      """

  Scenario: A wrong outcome is replaced, and the report says so
    Given "bin/experiment record one F-1 --value fail" was run
    When I run "bin/experiment record one F-1 --value pass"
    Then the first line is "outcome of F-1 in one: 1, in place of ID (ID)"
    When I run "bin/experiment report one"
    Then it prints a line with "Corrected outcomes: F-1"

  Scenario: A feature counts in its arm, whatever was used
    Given "bin/experiment record one F-1 --value pass --used a" was run
    When I run "bin/experiment report one"
    Then it prints a line with "Used another arm, counted as assigned: F-1 (b, used a)"

  Scenario: A withdrawn feature is named
    Given "bin/experiment record one F-1 --withdraw --notes dropped" was run
    When I run "bin/experiment report one --format json"
    Then the JSON rows at "experiments.0.balance.withdrawn" are
      | feature | arm | notes   |
      | F-1     | b   | dropped |

  Scenario: Evidence is an outcome of pass
    Given "bin/evidence --window W1 --capability F-1 --run r1 --runner pytest --result pass --artifact report.xml" was run
    When I run "bin/experiment report one --format json"
    Then the JSON value at "experiments.0.balance.sources.evidence" is 1
    And the JSON value at "experiments.0.arms.1.outcomes" is 1
