"""`repair` beside writers, with damage that it cannot repair, and killed."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import pytest
from burnbook.base.errors import Busy
from burnbook.book import lock, quarantine
from burnbook.book.book import Book
from burnbook.check import journals
from burnbook.repair import rewrite
from burnbook.repair import rows as repair_rows
from burnbook.store.store import Store
from burnbook.telemetry.booking.key_index import KeyIndex
from burnbook.telemetry.rows import by_day, key_of, read
from conftest import Shell, codex
from frontdoor import ROOT
from killing import CHANGES, Stage
from test_check import usage
from torture.figures import long, record

AT = "2026-11-22T"
NEEDS_STRACE = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


def booked(shell: Shell) -> None:
    start = ("snapshot", "start", "codex", "--window", "W0-CHN", "--at", AT + "09:00")
    shell.ok(*start, stdin=codex())
    shell.ok("snapshot", "end", "codex", "--at", AT + "12:00", stdin=codex(51))
    shell.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(30))


def flip(path: Path, old: bytes, new: bytes) -> bytes:
    """Damage the first place with `old`, and give the line as it is then."""
    data = path.read_bytes()
    at = data.index(old)
    data = data[:at] + new + data[at + len(old) :]
    path.write_bytes(data)
    return data[data.rfind(b"\n", 0, at) + 1 : data.index(b"\n", at) + 1]


def test_valid_rows_are_unchanged_and_corrupt_ones_quarantined(shell: Shell) -> None:
    booked(shell)
    path = shell.book / "proxy_telemetry.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    bad = {3: b"\x00\xff not a row\n", 10: lines[10].replace(b'"glm"', b'"glx"'), 29: b"{}\n"}
    damaged = [bad.get(at, line) for at, line in enumerate(lines)]
    path.write_bytes(b"".join(damaged))
    assert shell.run("repair").returncode == 1
    assert path.read_bytes() == b"".join(damaged)
    shell.ok("repair", "--yes")
    assert path.read_bytes() == b"".join(line for at, line in enumerate(lines) if at not in bad)
    kept = quarantine.read(str(shell.book), "proxy_telemetry")
    assert {entry.line - 1: entry.base64 for entry in kept} == bad
    assert [entry.offset for entry in kept] == [len(b"".join(damaged[:at])) for at in bad]
    [before] = shell.book.glob("proxy_telemetry.jsonl.before-repair-*")
    assert before.read_bytes() == b"".join(damaged)
    assert before.stat().st_nlink == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert shell.json("check")["rows"]["proxy_telemetry"] == 27
    assert "accepted 3, duplicates 27" in shell.ok(
        "ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(30)
    )
    assert path.read_bytes().count(b"\n") == 30
    shell.ok("check")


def test_damage_in_every_journal_is_repaired_at_once(shell: Shell) -> None:
    booked(shell)
    for name in ("snapshots", "proxy_telemetry"):
        flip(shell.book / f"{name}.jsonl", b'"host":"', b'"host":" ')
    shell.ok("repair", "--yes")
    kinds = [(row["kind"], row["subject"]) for row in shell.rows("anomalies")]
    assert kinds == [("repair", "snapshots.jsonl"), ("repair", "proxy_telemetry.jsonl")]
    flip(shell.book / "anomalies.jsonl", b'"host":"', b'"host":" ')
    shell.ok("repair", "--yes")
    kinds = [(row["kind"], row["subject"]) for row in shell.rows("anomalies")]
    assert kinds == [("repair", "proxy_telemetry.jsonl"), ("repair", "anomalies.jsonl")]
    shell.ok("check")


def test_a_row_put_back_by_hand_is_taken_again(shell: Shell) -> None:
    booked(shell)
    path = shell.book / "snapshots.jsonl"
    whole = path.read_bytes()
    flip(path, b":11.0", b":12.0")
    shell.ok("repair", "--yes")
    path.write_bytes(whole)
    shell.ok("repair")
    assert shell.ok("check", "--quiet") == ""
    assert shell.json("preview", "--window", "W0-CHN")["window"] == "W0-CHN"


def test_a_busy_book_is_reported_after_a_wait(shell: Shell) -> None:
    booked(shell)
    flip(shell.book / "snapshots.jsonl", b":11.0", b":12.0")
    with lock.book_lock(str(shell.book)):
        assert "busy" in shell.fails(75, "repair", "--yes")
    shell.ok("repair", "--yes")


def test_writers_at_the_same_time_lose_nothing(shell: Shell) -> None:
    booked(shell)
    flip(shell.book / "snapshots.jsonl", b":11.0", b":12.0")
    flip(shell.book / "proxy_telemetry.jsonl", b'"r7"', b'"r8"')
    count = long(6, 40)
    words = ("ingest", "proxy-telemetry", "--window", "W0-CHN", "--stdin")
    writers = [shell.start(*words) for _ in range(count)]
    repairs = [shell.start("repair", "--yes") for _ in range(3)]
    for at, process in enumerate(writers):
        assert process.stdin
        process.stdin.write(usage(20, first=100 + 20 * at))
        process.stdin.close()
        process.stdin = None
    for process in [*writers, *repairs]:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0 or process in repairs, (out, err)
    shell.ok("repair", "--yes")
    rids = {row["rid"] for row in shell.rows("proxy_telemetry")}
    wanted = {f"r{n}" for n in [*range(30), *range(100, 100 + 20 * count)]} - {"r7"}
    figure = f"{len(wanted - rids)} of {len(wanted)} rows lost"
    name = "test_writers_at_the_same_time_lose_nothing"
    record("repair beside writers loses nothing", name, figure, "0 lost", rids == wanted)
    shell.ok("check")
    assert [row["kind"] for row in shell.rows("anomalies")] == ["repair", "repair"]


@pytest.mark.parametrize("under_lock", [0, 4 << 20], ids=["again", "under the lock"])
def test_a_writer_books_while_the_journal_is_copied(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, under_lock: int
) -> None:
    booked(shell)
    path = shell.book / "proxy_telemetry.jsonl"
    flip(path, b'"r7"', b'"r8"')
    printed: list[str] = []
    copy = rewrite.Edited.copy

    def slow(self: rewrite.Edited, end: int) -> None:
        copy(self, end)
        if not printed:
            words = ("ingest", "proxy-telemetry", "--window", "W0-CHN")
            printed.append(shell.ok(*words, stdin=usage(20, first=100)))

    monkeypatch.setattr(rewrite.Edited, "copy", slow)
    monkeypatch.setattr(repair_rows, "_UNDER_LOCK", under_lock)
    findings = journals.check_journal(str(shell.book), path.stem, journals.Ids(""), [])[1]
    assert "quarantined 1 row" in str(repair_rows.rows(Book(str(shell.book)), path.stem, findings))
    assert "accepted 20, duplicates 0" in printed[0]
    rids = [row["rid"] for row in shell.rows(path.stem)]
    assert rids == [f"r{n}" for n in [*range(30), *range(100, 120)] if n != 7]
    assert shell.ok("check", "--quiet") == ""


def test_a_journal_replaced_by_another_program_is_not_overwritten(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(shell)
    path = shell.book / "snapshots.jsonl"
    whole = path.read_bytes()
    flip(path, b":11.0", b":12.0")
    copy = rewrite.Edited.copy

    def restored(self: rewrite.Edited, end: int) -> None:
        copy(self, end)
        path.rename(path.with_suffix(".old"))
        path.write_bytes(whole)

    monkeypatch.setattr(rewrite.Edited, "copy", restored)
    findings = journals.check_journal(str(shell.book), path.stem, journals.Ids(""), [])[1]
    with pytest.raises(Busy):
        repair_rows.rows(Book(str(shell.book)), path.stem, findings)
    assert path.read_bytes() == whole
    assert not [file for file in shell.book.iterdir() if file.name.endswith(".tmp")]


def test_an_ingest_during_a_repair_rereads_the_journal_unlocked(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked(shell)
    path = shell.book / "proxy_telemetry.jsonl"
    index = KeyIndex(Store(str(shell.book)))
    flip(path, b'"r7"', b'"r8"')
    shell.ok("repair", "--yes")
    days = by_day(read(path.read_bytes().splitlines(keepends=True)))
    keys = {day: [key_of(row.id) for row in rows] for day, rows in days.items()}
    index.prepare(keys)
    monkeypatch.setattr(index, "open", lambda: pytest.fail("it reads the journal under the lock"))
    assert {day: len(known) for day, known in index.known(keys).items()} == {
        day: len(of_day) for day, of_day in keys.items()
    }
    assert sum(map(len, keys.values())) == 29


def damaged(folder: Path) -> None:
    """A book with damaged rows, CRLF, a torn tail, a wrong state, fold, index and mode."""
    shell = Shell(folder)
    booked(shell)
    shell.ok("checkpoint", "W0-CHN", "--at", AT + "12:05")
    flip(shell.book / "snapshots.jsonl", b":11.0", b":12.0")
    flip(shell.book / "proxy_telemetry.jsonl", b'"r7"', b'"r8"')
    path = shell.book / "checkpoints.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with path.open("ab") as journal:
        journal.write(b'{"id":"c-torn')
    (shell.book / "checkpoints.jsonl").chmod(0o640)
    (shell.book / "state" / "main" / "codex.json").write_text("{}")


def check_answer(folder: Path) -> Any:
    """Journals without times of writing, quarantines, and the answer of check."""
    book = folder / "book"
    rows = {
        path.name: [
            {**json.loads(line), "recorded_at": None, "chain": None, "crc": None}
            for line in path.read_bytes().splitlines()
        ]
        for path in sorted(book.glob("*.jsonl"))
    }
    beside = {
        path.name.partition("before-repair")[0]: path.read_bytes()
        for path in sorted(book.glob("*.jsonl.*"))
    }
    inodes = [path.stat().st_nlink for path in sorted(book.glob("*.jsonl*"))]
    done = Shell(folder, is_new=False).run("check", "--format", "json")
    answer = json.loads(done.stdout)
    notes = [note["kind"] for note in answer["notes"]]
    return rows, beside, inodes, (done.returncode, answer["faults"], notes)


def moved(folder: Path) -> None:
    """A book whose rows a repair moved out although they hold."""
    shell = Shell(folder)
    booked(shell)
    for name in ("snapshots", "proxy_telemetry"):
        path = shell.book / f"{name}.jsonl"
        first, *rest = path.read_bytes().splitlines(keepends=True)
        kept = quarantine.Kept("moved", 1, 0, quarantine.id_of(first), first)
        quarantine.keep(str(shell.book), name, [kept])
        path.write_bytes(b"".join(rest))


@NEEDS_STRACE
@pytest.mark.parametrize(
    ("words", "set_up"), [(("--yes",), damaged), (("--restore", "--yes"), moved)]
)
def test_a_repair_killed_anywhere_is_completed_by_the_next(
    tmp_path: Path, words: tuple[str, ...], set_up: Callable[[Path], None]
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    env = Shell(stage.folder, is_new=False).environment
    line = [str(ROOT / "bin" / "repair"), *words]
    points = [call for call in killing.calls(stage, line, env) if call.call in CHANGES]
    wanted = check_answer(stage.folder)
    assert wanted[3][0] == 0, wanted[3]
    assert len(points) > 20
    killed, wrong = 0, []
    for report in killing.kill(stage, line, env, check_answer, killing.spread(points, long(3, 40))):
        killed += report.killed
        wrong += [report.point] if report.facts != wanted else []
    assert killed >= 2
    assert not wrong
    if set_up is damaged:
        figure = f"{killed - len(wrong)} of {killed} killed repairs were finished by the next"
        name = "test_a_repair_killed_anywhere_is_completed_by_the_next"
        record("repair killed anywhere is finished by the next", name, figure, "all", not wrong)


def test_a_repair_that_the_disk_refuses_leaves_the_journal(shell: Shell) -> None:
    booked(shell)
    path = shell.book / "snapshots.jsonl"
    flip(path, b":11.0", b":12.0")
    before = path.read_bytes()
    command = ["sh", "-c", 'ulimit -f 0; exec "$0" --yes', str(ROOT / "bin" / "repair")]
    how: Any = {"env": shell.environment, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **how)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (74, "", 1), done
    assert path.read_bytes() == before
    shell.ok("repair", "--yes")
