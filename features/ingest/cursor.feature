Feature: The export of Cursor's dashboard

  Background:
    Given the file export.csv with
      """
      Date,User,Cloud Agent ID,Automation ID,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost
      "2026-11-22T09:00:02.846Z","ada@example.com","","","On-Demand","claude-5-sonnet","No","28,342","775","105,891","21282","156290","$0.19"
      "2026-11-22T09:00:01.658Z","ada@example.com","bc-7","","Included","gpt-5-codex","Yes","0","8263","66964","1612","76839","Included"
      "2026-11-22T09:00:01.000Z","ada@example.com","","","Included","auto","No","0","10","0","5","15","-"
      "2026-11-22T09:00:01.000Z","ada@example.com","","","Included","auto","No","0","10","0","5","15","-"
      "2026-11-22T09:00:00.000Z","ada@example.com","","","Errored, No Charge","auto","No","","NaN","-","0","0","0"
      """

  Scenario: A row is a request, and its kinds of tokens do not overlap
    When I run "bin/ingest cursor --file export.csv"
    Then it prints "cursor: accepted 4, repeats 0, rejected 0, ignored 1 (no requests)"
    And the journal agent_usage reads
      | ts                          | session | model           | input_tokens | cache_write_5m_tokens | cache_read_tokens | output_tokens | usd  |
      | 2026-11-22T09:00:02.846000Z | cursor  | claude-5-sonnet | 775          | 28342                 | 105891            | 21282         | 0.19 |
      | 2026-11-22T09:00:01.658000Z | bc-7    | gpt-5-codex     | 8263         |                       | 66964             | 1612          |      |
      | 2026-11-22T09:00:01Z        | cursor  | auto            | 10           |                       |                   | 5             |      |
      | 2026-11-22T09:00:01Z        | cursor  | auto            | 10           |                       |                   | 5             |      |

  Scenario: The same export again, and a newer one that overlaps, without the columns of a team
    When I run "bin/ingest cursor --file export.csv"
    And I run "bin/ingest cursor --file export.csv"
    Then it prints "cursor: accepted 0, repeats 4, rejected 0, ignored 1 (no requests)"
    Given the file newer.csv with
      """
      Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost
      2026-11-22T09:00:03.000Z,Included,auto,No,0,10,0,5,15,Included
      2026-11-22T09:00:02.846Z,On-Demand,claude-5-sonnet,No,28342,775,105891,21282,156290,0.19
      2026-11-22T09:00:01.000Z,Included,auto,No,0,10,0,5,15,Included
      2026-11-22T09:00:01.000Z,Included,auto,No,0,10,0,5,15,Included
      """
    When I run "bin/ingest cursor --file newer.csv"
    Then it prints "cursor: accepted 1, repeats 3, rejected 0"

  Scenario: Cursor's own folder has no counts
    Given the file .cursor/projects/srv-api/agent-transcripts/a.jsonl with
      """
      {"role":"assistant","text":"hello"}
      """
    When I run "bin/ingest cursor"
    Then it prints "cursor: accepted 0, repeats 0, rejected 0"
    And it warns
      """
      ingest: cursor: no file matches: usage-events*.csv; Cursor keeps no token counts on this machine; export them as CSV on its dashboard (Usage), and run ingest cursor --file usage-events.csv
      """

  Scenario: An export in Cursor's folder is read like a log
    Given the file .cursor/usage-events-2026-11-27.csv with
      """
      Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost
      2026-11-22T09:00:03.000Z,Included,auto,No,0,10,0,5,15,Included
      2026-11-22T09:00:04.000Z,Included,auto,No,0,ten,0,5,15,Included
      """
    When I run "bin/ingest cursor"
    Then it prints "cursor: accepted 1, repeats 0, rejected 1"

  Scenario: A table of something else
    Given the file other.csv with
      """
      Day,Lines accepted
      2026-11-22,17
      """
    When I run "bin/ingest cursor --file other.csv"
    Then it exits with 65
    And row 1 of the journal rejects/cursor has "reason" its header has no column 'Cache Read'
