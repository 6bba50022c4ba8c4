Feature: Evidence that is refused

  Scenario: The artifact does not exist
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it exits with 66 and says "evidence: artifact report.xml does not exist"
    And nothing was created

  Scenario: The artifact is a symbolic link
    Given report.xml is a link to elsewhere.xml
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it exits with 65 and says
      """
      evidence: artifact report.xml is a symbolic link; valid: a file, or a directory of files
      """
    And nothing was created

  Scenario: Invalid flags
    Given the file report.xml with
      """
      <testsuite/>
      """
    Then each of these exits with 2, says so in one sentence, and creates nothing
      | command                                                                                                        |
      | bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass                         |
      | bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result good --artifact report.xml   |
      | bin/evidence --window ../W --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml     |
      | bin/evidence --window W0-CHN --capability ' ' --run r1 --runner pytest --result pass --artifact report.xml     |

  Scenario: A ledger with another header
    Given the file report.xml with
      """
      <testsuite/>
      """
    And the ledger Acceptance_Evidence.csv begins with "what,when\n"
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it exits with 65 and says "begins with 'what,when'; valid: window_id,capability_id,"
    And nothing was created
