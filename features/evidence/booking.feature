Feature: evidence of what was accepted

  Background:
    Given the file report.xml with
      """
      <testsuite tests="1"/>
      """

  Scenario: a run is booked with the hash of its artifact, and the ledger has it
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml --notes 'on the train'"
    Then it prints the lines
      """
      evidence of CAP-7 in W0-CHN: pass, run r1 (ID)
      """
    And the journal evidence reads
      | window | capability_id | test_run_id | runner | result | artifacts_path | notes        | agent |
      | W0-CHN | CAP-7         | r1          | pytest | pass   | ~/report.xml   | on the train | main  |
    And the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,on the train; record_id=ID
      """

  Scenario: the same again adds nothing
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

  Scenario: a ledger that was lost is made again
    Given "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml" was run
    And the ledger Acceptance_Evidence.csv is gone
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,CAP-7,r1,pytest,pass,~/report.xml,SHA,record_id=ID
      """
    And the journal evidence has 1 row

  Scenario: another result of the same run takes its place, and back again
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

  Scenario: a directory has one hash, of its names and contents
    Given the folder reports has the files
      | file         | text |
      | junit.xml    | one  |
      | html/all.txt | two  |
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact reports"
    Then row 1 of the journal evidence has "artifact_hash" 0ac06a299fbb3522a28b642fc93130c7354aee785230761df3d0eadf7f1fe38b

  Scenario: what a spreadsheet would run arrives as text, and a secret does not arrive
    When I run "bin/evidence --window W0-CHN --capability =1+1 --run r1 --runner 'ci token=abc123' --result pass --artifact report.xml"
    Then the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,'=1+1,r1,ci token=[key],pass,~/report.xml,SHA,record_id=ID
      """
    And no file of the book has "abc123" in it

  Scenario: a window that nobody knows is booked all the same
    When I run "bin/evidence --window W9-X --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it notes
      """
      evidence: warning: window W9-X is neither declared nor in the book
      """
