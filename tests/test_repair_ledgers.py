"""`repair --yes` brings ledgers to what the journals say, and keeps what people wrote."""

import random
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
from test_check import found, kinds
from torture.figures import long, record

AT = "2026-11-22T"
OLD = (
    "date,session_id,task,tokens_planned,tokens_actual,delta,commits,lines_added,lines_deleted,"
    "features_added,tests_added,notes\n"
)
FILE = "Token_Churn_Ledger.csv"


def set_up(place: Path, header: str = "") -> Shell:
    """A book with two checkpoints and evidence in its ledgers."""
    shell = Shell(place)
    folder = shell.docs / "Ledgers"
    folder.mkdir(parents=True)
    if header:
        (folder / FILE).write_text(header)
    shell.ok("snapshot", "start", "codex", "--at", AT + "09:00", stdin=codex())
    shell.ok("checkpoint", "W0-CHN", "--plan", "1000", "--task", "mine", "--at", AT + "09:02")
    shell.ok(
        "checkpoint", "W0-CHN", "--actual", "900", "--notes", "hot, fast", "--at", AT + "12:03"
    )
    words = ("--window", "W0-CHN", "--capability", "c", "--run", "r", "--runner", "x")
    shell.ok("evidence", *words, "--result", "pass", "--artifact", str(shell.config))
    return shell


@pytest.fixture(params=["", OLD], ids=["new", "old"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Shell, Path]:
    """A shell, and its ledger of tokens, of either form."""
    shell = set_up(tmp_path, request.param)
    assert kinds(shell, 0) == []
    return shell, shell.docs / "Ledgers" / FILE


def test_a_row_that_stands_there_twice_is_removed(kept: tuple[Shell, Path]) -> None:
    shell, ledger = kept
    whole = ledger.read_text()
    head, first, second = whole.splitlines(keepends=True)
    mine = "2026-11-22,by hand,,,,,,,,,,\n"
    ledger.write_text(head + first + mine + second + first + second)
    damaged = ledger.read_bytes()
    assert [(one["kind"], one["line"]) for one in found(shell)] == [
        ("ledger-twice", 5),
        ("ledger-twice", 6),
    ]
    assert "2 faults left" in shell.run("repair").stdout
    assert ledger.read_bytes() == damaged
    told = shell.ok("repair", "--yes")
    assert f"{FILE}: 2 rows removed that stood there twice" in told
    assert ledger.read_text() == head + first + mine + second
    [before] = ledger.parent.glob("*.before-repair-*")
    assert before.read_bytes() == damaged
    assert kinds(shell, 0) == []
    assert shell.ok("repair", "--yes").startswith("nothing to repair")


def test_a_number_that_the_journal_says_otherwise(kept: tuple[Shell, Path]) -> None:
    shell, ledger = kept
    whole = ledger.read_text()
    ledger.write_text(whole.replace(",900,-100,", ",901,-100,"))
    [fault] = found(shell)
    assert (fault["kind"], fault["line"]) == ("ledger-differs", 3)
    assert fault["reason"].endswith("differs from checkpoints.jsonl in tokens_actual (900)")
    assert "1 row written as the journal has it" in shell.ok("repair", "--yes")
    assert ledger.read_text() == whole
    assert kinds(shell, 0) == []


def test_what_people_wrote_stays(kept: tuple[Shell, Path]) -> None:
    """Days, tasks, notes, cells that the book left empty, the form that a spreadsheet saves."""
    shell, ledger = kept
    whole = ledger.read_text()
    for old, new in (
        ("mine", "ours"),
        ("hot, fast", "hot, fast; and cheap"),
        (",900,-100,,,,", ",900,-100,3,,,"),
        (",900,-100,", ",900.00,-100,"),
    ):
        assert old in whole
        ledger.write_text(whole.replace(old, new))
        assert kinds(shell, 0) == []
    ledger.write_text(whole.replace("2026-11-22", "22/11/2026").replace("\n", "\r\n"))
    assert kinds(shell, 0) == []
    edited = whole.replace("hot, fast", "hot, fast; and cheap").replace("mine", "'=mine")
    ledger.write_text(edited.replace(",900,-100,,", ",90,-100,7,"))
    shell.ok("repair", "--yes")
    assert ledger.read_text() == edited.replace(",900,-100,,", ",900,-100,7,")


def test_a_copy_that_people_wrote_into_is_a_row_of_theirs(kept: tuple[Shell, Path]) -> None:
    shell, ledger = kept
    whole = ledger.read_text()
    _, first, _ = whole.splitlines(keepends=True)
    ledger.write_text(whole + first.replace("mine", "mine again"))
    assert "1 row made a person's own" in shell.ok("repair", "--yes")
    lines = ledger.read_text().splitlines(keepends=True)
    assert "".join(lines[:3]) == whole
    assert "mine again" in lines[3]
    key = str(shell.rows("checkpoints")[0]["id"])
    assert [line.count(key) for line in lines] == [0, 1, 0, 0]
    assert kinds(shell, 0) == []


def test_a_damaged_copy_goes_and_the_right_one_stays(kept: tuple[Shell, Path]) -> None:
    shell, ledger = kept
    whole = ledger.read_text()
    head, first, second = whole.splitlines(keepends=True)
    ledger.write_text(head + first.replace("1000", "1001") + first + second)
    assert [(one["kind"], one["line"]) for one in found(shell)] == [("ledger-twice", 2)]
    shell.ok("repair", "--yes")
    assert ledger.read_text() == whole


def test_columns_of_people_are_told_and_kept(kept: tuple[Shell, Path]) -> None:
    """No row can be appended to it, and repair leaves it; what stands there is put right."""
    shell, ledger = kept
    head, first, second = ledger.read_text().splitlines()
    own = [f"{head},mood", f"{first},good", f"{second.replace(',900,', ',901,')},bad"]
    ledger.write_text("\n".join(own) + "\n")
    shell.ok("repair", "--yes")
    own[2] = f"{second},bad"
    assert ledger.read_text() == "\n".join(own) + "\n"
    ledger.write_text("\n".join(own[:2]) + "\n")
    [fault] = found(shell)
    assert (fault["kind"], "begins with" in fault["reason"]) == ("ledger", True)
    assert shell.run("repair", "--yes").returncode == 1
    assert ledger.read_text() == "\n".join(own[:2]) + "\n"


def test_imported_churn_is_in_no_ledger() -> None:
    """The tracker that it comes from wrote that file itself, so the book's ledger lacks nothing."""
    nothing = dict.fromkeys(("provider", "methodology", "features", "normalized_churn"))
    counts = dict.fromkeys(("files_changed", "insertions", "deletions", "net"), 3)
    row = codec.make(Churn, window="W1", source=IMPORTED, ranges=(), paths=(), **nothing, **counts)
    rows = {"checkpoints": [], "churn": [row], "evidence": []}
    assert ledgers.projection(csv_ledger.CHURN, rows, UTC) == []


def test_evidence_with_another_hash_is_found(tmp_path: Path) -> None:
    shell = set_up(tmp_path)
    ledger = shell.docs / "Ledgers" / "Acceptance_Evidence.csv"
    whole = ledger.read_text()
    ledger.write_text(whole.replace(",pass,", ",fail,"))
    assert kinds(shell) == [("ledger-differs", ledger.name)]
    shell.ok("repair", "--yes")
    assert ledger.read_text() == whole


def test_whatever_happens_to_a_ledger_its_rows_come_back(tmp_path: Path) -> None:
    """Lines doubled, dropped, swapped, digits changed: afterwards it says what the journal says."""
    shell = set_up(tmp_path)
    for hour in range(13, 19):
        shell.ok("checkpoint", "W0-CHN", "--actual", f"{hour}00", "--at", f"{AT}{hour}:00")
    ledger = shell.docs / "Ledgers" / FILE
    whole = ledger.read_text()
    chance, wrong = random.Random(6), []
    tried = long(4, 200)
    for turn in range(tried):
        head, *rows = whole.splitlines(keepends=True)
        for _ in range(chance.randrange(1, 5)):
            at, how = chance.randrange(len(rows)), chance.randrange(4)
            if how == 0:
                rows.insert(chance.randrange(len(rows)), rows[at])
            elif how == 1 and len(rows) > 2:
                del rows[at]
            elif how == 2:
                rows.append(rows.pop(at))
            else:
                rows[at] = rows[at].replace("00,", "70,", 1)
        ledger.write_text(head + "".join(rows))
        code = shell.run("repair", "--yes").returncode
        now = ledger.read_text().splitlines(keepends=True)
        if code or kinds(shell, 0) or sorted(now) != sorted(whole.splitlines(keepends=True)):
            wrong.append(turn)
    figure = f"{tried - len(wrong)} of {tried} damaged ledgers say what the journal says"
    name = "test_whatever_happens_to_a_ledger_its_rows_come_back"
    record("repair brings ledgers to what the journals say", name, figure, "all", not wrong)


def damaged(place: Path) -> None:
    """A ledger with a row twice, another one changed, and one that is gone."""
    shell = set_up(place)
    ledger = shell.docs / "Ledgers" / FILE
    head, first, second = ledger.read_text().splitlines(keepends=True)
    shell.ok("checkpoint", "W0-CHN", "--actual", "950", "--at", AT + "13:00")
    ledger.write_text(head + first.replace("1000", "1001") + second + second)


def told(place: Path) -> object:
    """The ledger, what is kept of it, and what check says."""
    folder = place / "docs" / "Ledgers"
    before = [path.read_bytes() for path in folder.glob("*.before-repair-*")]
    rest = {path.name for path in folder.iterdir() if "before-repair" not in path.name}
    answer = Shell(place, is_new=False).run("check", "--quiet").returncode
    return (folder / FILE).read_bytes(), before, rest, answer


@pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))
def test_killed_anywhere_it_is_finished_by_running_it_again(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "place", damaged)
    env = Shell(stage.place, is_new=False).environment
    line = [str(ROOT / "bin" / "repair"), "--yes"]
    points = [one for one in killing.calls(stage, line, env) if one.call in CHANGES]
    wanted = told(stage.place)
    assert wanted[3] == 0  # type: ignore[index]
    reports = list(killing.kill(stage, line, env, told, killing.spread(points, 8)))
    for report in reports:
        assert report.facts == wanted, report.point
    assert sum(report.killed for report in reports) > 5
