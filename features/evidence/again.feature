Feature: Repeating evidence

  Background:
    Given the file report.xml with
      """
      <testsuite tests="1"/>
      """

  Scenario: The same values add nothing
    Given "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml" was run
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it prints the lines
      """
      already booked: evidence of CAP-7 in W0-CHN: pass, run r1 (ID)
      """
    And the journal evidence has 1 row
    And the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,record_id=ID
      """

  Scenario: A lost ledger is written again
    Given "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml" was run
    And the ledger Acceptance_Evidence.csv is gone
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,record_id=ID
      """
    And the journal evidence has 1 row

  Scenario: Another result supersedes the first, also when it changes back
    Given "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml" was run
    And "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result fail --artifact report.xml" was run
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it prints the lines
      """
      evidence of CAP-7 in W0-CHN: pass, run r1, in place of ID (ID)
      """
    And the journal evidence reads
      | result | supersedes |
      | pass   |            |
      | fail   | ID         |
      | pass   | ID         |
    And the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,record_id=ID
      W0-CHN,CAP-7,r1,pytest,fail,~/report.xml,SHA,supersedes=ID; record_id=ID
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,supersedes=ID; record_id=ID
      """
    When I run "bin/check"
    Then it prints the lines
      """
      ok: 3 rows verified (evidence 3)
      """
