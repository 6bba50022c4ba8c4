"""`check` reports where ledgers differ from the journals; `repair` only appends missing rows."""

from datetime import UTC
from pathlib import Path

import killing
import pytest
from burnbook.book import codec
from burnbook.check import ledgers
from burnbook.ledgers import csv_ledger
from burnbook.rows.meters import IMPORTED
from burnbook.rows.work import Churn
from conftest import Shell, codex
from frontdoor import ROOT
from killing import CHANGES, Stage
from test_check import check_findings, kinds

AT = "2026-11-22T"
OLD = (
    "date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    "features_added,tests_added,notes\n"
)
FILE = "Token_Churn_Ledger.csv"


def set_up(folder: Path, header: str = "") -> Shell:
    """A book with two checkpoints and evidence in its ledgers."""
    shell = Shell(folder)
    ledgers_folder = shell.docs / "Ledgers"
    ledgers_folder.mkdir(parents=True)
    if header:
        (ledgers_folder / FILE).write_text(header)
    shell.ok("snapshot", "start", "codex", "--at", AT + "09:00", stdin=codex())
    shell.ok("checkpoint", "W0-CHN", "--plan", "1000", "--task", "mine", "--at", AT + "09:02")
    shell.ok(
        "checkpoint", "W0-CHN", "--actual", "900", "--notes", "hot, fast", "--at", AT + "12:03"
    )
    words = ("--window", "W0-CHN", "--capability", "c", "--run", "r", "--runner", "x")
    shell.ok("evidence", *words, "--result", "pass", "--artifact", str(shell.config))
    return shell


@pytest.fixture(params=["", OLD], ids=["new", "old"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Shell, Path]:
    """A shell, and its ledger of tokens with a new or an old header."""
    shell = set_up(tmp_path, request.param)
    assert kinds(shell, 0) == []
    return shell, shell.docs / "Ledgers" / FILE


def test_duplicate_rows_are_reported_and_not_removed(book: tuple[Shell, Path]) -> None:
    shell, ledger = book
    head, first, second = ledger.read_text().splitlines(keepends=True)
    own_row = "2026-11-22,by hand,,,,,,,,,,\n"
    ledger.write_text(head + first + own_row + second + first + second)
    damaged = ledger.read_bytes()
    faults = check_findings(shell)
    assert [(fault["kind"], fault["line"]) for fault in faults] == [
        ("ledger-twice", 5),
        ("ledger-twice", 6),
    ]
    assert faults[0]["reason"].endswith("is on line 2 too; delete one of them")
    for words in (("repair",), ("repair", "--yes")):
        result = shell.run(*words)
        assert result.returncode == 1
        assert "nothing repaired, 2 faults left" in result.stdout
        assert ledger.read_bytes() == damaged
    assert list(ledger.parent.glob("*.before-repair-*")) == []


def test_the_damaged_one_of_two_rows_is_the_duplicate(book: tuple[Shell, Path]) -> None:
    shell, ledger = book
    head, first, second = ledger.read_text().splitlines(keepends=True)
    ledger.write_text(head + first.replace("1000", "1001") + first + second)
    assert [(fault["kind"], fault["line"]) for fault in check_findings(shell)] == [
        ("ledger-twice", 2)
    ]


def test_a_changed_number_is_reported_and_its_row_comes_back(book: tuple[Shell, Path]) -> None:
    shell, ledger = book
    whole = ledger.read_text()
    ledger.write_text(whole.replace(",900,-100,", ",901,-100,"))
    [fault] = check_findings(shell)
    assert (fault["kind"], fault["line"]) == ("ledger-differs", 3)
    assert fault["reason"].endswith(
        "differs from checkpoints.jsonl in tokens_actual (900); "
        "correct it, or delete the row and run repair"
    )
    assert shell.run("repair", "--yes").returncode == 1
    assert ",901,-100," in ledger.read_text()
    head, first, _ = whole.splitlines(keepends=True)
    ledger.write_text(head + first)
    assert f"{FILE}: appended 1 row" in shell.ok("repair")
    assert ledger.read_text() == whole
    assert kinds(shell, 0) == []


def test_edits_by_people_are_no_difference(book: tuple[Shell, Path]) -> None:
    """Dates, tasks, notes, cells that burnbook left empty, and a spreadsheet's number format."""
    shell, ledger = book
    whole = ledger.read_text()
    for old, new in (
        ("mine", "ours"),
        ("hot, fast", "hot, fast; and cheap"),
        (",0,0,0,,0,", ",0,0,0,3,0,"),
        (",900,-100,", ",900.00,-100,"),
    ):
        assert old in whole
        ledger.write_text(whole.replace(old, new))
        assert kinds(shell, 0) == []
    ledger.write_text(whole.replace("2026-11-22", "22/11/2026").replace("\n", "\r\n"))
    assert kinds(shell, 0) == []


def test_no_row_is_appended_to_a_ledger_with_other_columns(book: tuple[Shell, Path]) -> None:
    shell, ledger = book
    head, first, second = ledger.read_text().splitlines()
    lines = [f"{head},mood", f"{first},good", f"{second},bad"]
    ledger.write_text("\n".join(lines) + "\n")
    assert kinds(shell, 0) == []
    ledger.write_text("\n".join(lines[:2]) + "\n")
    [fault] = check_findings(shell)
    assert (fault["kind"], "begins with" in fault["reason"]) == ("ledger", True)
    assert shell.run("repair", "--yes").returncode == 1
    assert ledger.read_text() == "\n".join(lines[:2]) + "\n"


def test_imported_churn_is_not_expected_in_a_ledger() -> None:
    """The tracker that it comes from wrote that file itself."""
    nothing = dict.fromkeys(("provider", "methodology", "features", "normalized_churn"))
    counts = dict.fromkeys(("files_changed", "insertions", "deletions", "net"), 3)
    row = codec.make(Churn, window="W1", source=IMPORTED, ranges=(), paths=(), **nothing, **counts)
    rows = {"checkpoints": [], "churn": [row], "evidence": []}
    assert ledgers.expected(csv_ledger.CHURN, rows, UTC) == []


def test_evidence_with_another_result_is_reported(tmp_path: Path) -> None:
    shell = set_up(tmp_path)
    ledger = shell.docs / "Ledgers" / "Acceptance_Evidence.csv"
    ledger.write_text(ledger.read_text().replace(",pass,", ",fail,"))
    assert kinds(shell) == [("ledger-differs", ledger.name)]


def damaged(folder: Path) -> None:
    """A ledger that lacks the first of three rows."""
    shell = set_up(folder)
    ledger = shell.docs / "Ledgers" / FILE
    shell.ok("checkpoint", "W0-CHN", "--actual", "950", "--at", AT + "13:00")
    head, _, *rest = ledger.read_text().splitlines(keepends=True)
    ledger.write_text(head + "".join(rest))


def facts(folder: Path) -> object:
    """The ledger, its neighbours, and the exit code of check."""
    ledger_folder = folder / "docs" / "Ledgers"
    names = {path.name for path in ledger_folder.iterdir()}
    code = Shell(folder, is_new=False).run("check", "--quiet").returncode
    return (ledger_folder / FILE).read_bytes(), names, code


@pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))
def test_a_killed_repair_is_completed_by_the_next_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "place", damaged)
    env = Shell(stage.folder, is_new=False).environment
    line = [str(ROOT / "bin" / "repair"), "--yes"]
    points = [point for point in killing.calls(stage, line, env) if point.call in CHANGES]
    wanted = facts(stage.folder)
    assert wanted[2] == 0  # type: ignore[index]
    reports = list(killing.kill(stage, line, env, facts, killing.spread(points, 8)))
    for report in reports:
        assert report.facts == wanted, report.point
    assert sum(report.killed for report in reports) > 5
