Feature: A signed proof of a window

  Background:
    Given a finished window W0-CHN
    And "bin/proof W0-CHN --key key --out proof.json" was run

  Scenario: Anyone can verify it without the book
    When I run "bin/proof verify proof.json"
    Then the first line is "valid: proof.json, a proof of W0-CHN"
    And nothing was written

  Scenario: A book without these rows does not match it
    When I run "bin/proof verify proof.json --data-dir nowhere"
    Then it exits with 1

  Scenario: It is not replaced by accident
    When I run "bin/proof W0-CHN --key key --out proof.json"
    Then it exits with 2 and says "proof.json exists; name another file with --out, or pass --force"
