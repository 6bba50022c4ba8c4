Feature: Evidence of acceptance tests

  Background:
    Given the file report.xml with
      """
      <testsuite tests="1"/>
      """

  Scenario: A run is booked with the hash of its artifact, and added to the ledger
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

  Scenario: A directory has one hash over names and contents
    Given the folder reports has the files
      | file         | text |
      | junit.xml    | one  |
      | html/all.txt | two  |
    When I run "bin/evidence --window W0-CHN --capability CAP-7 --run r1 --runner pytest --result pass --artifact reports"
    Then row 1 of the journal evidence has "artifact_hash" 0ac06a299fbb3522a28b642fc93130c7354aee785230761df3d0eadf7f1fe38b

  Scenario: Formulas are escaped in the ledger, and secrets redacted
    When I run "bin/evidence --window W0-CHN --capability =1+1 --run r1 --runner 'ci token=abc123' --result pass --artifact report.xml"
    Then the ledger Acceptance_Evidence.csv reads
      """
      window_id,capability_id,test_run_id,runner,result,artifacts_path,artifact_hash,notes
      W0-CHN,'=1+1,r1,ci token=[key],pass,~/report.xml,SHA,record_id=ID
      """
    And no file of the book contains "abc123"

  Scenario: An undeclared window is accepted
    When I run "bin/evidence --window W9-X --capability CAP-7 --run r1 --runner pytest --result pass --artifact report.xml"
    Then it warns
      """
      evidence: warning: window W9-X is neither declared nor in the book; `windows` lists those that are
      """
