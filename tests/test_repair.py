"""`repair` beside writers, on what it cannot mend, and where it is killed."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import pytest
from burnbook.base.errors import Busy
from burnbook.book import lock, quarantine, rewrite
from burnbook.book.book import Book
from burnbook.check import journals
from burnbook.repair import rows as _moved
from burnbook.store.store import Store
from burnbook.telemetry.key_index import KeyIndex
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


def test_rows_that_hold_stay_to_the_byte_and_the_others_are_kept(shell: Shell) -> None:
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
    assert {one.line - 1: one.base64 for one in kept} == bad
    assert [one.offset for one in kept] == [len(b"".join(damaged[:at])) for at in bad]
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


def test_damage_in_every_journal_is_moved_in_one_go(shell: Shell) -> None:
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


def test_a_busy_book_is_waited_for_and_then_told(shell: Shell) -> None:
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
    told: list[str] = []
    copy = rewrite.Edited.copy

    def slow(self: rewrite.Edited, end: int) -> None:
        copy(self, end)
        if not told:
            words = ("ingest", "proxy-telemetry", "--window", "W0-CHN")
            told.append(shell.ok(*words, stdin=usage(20, first=100)))

    monkeypatch.setattr(rewrite.Edited, "copy", slow)
    monkeypatch.setattr(_moved, "_UNDER_LOCK", under_lock)
    found = journals.look(str(shell.book), path.stem, journals.Ids(""), [])[1]
    assert "moved 1 row" in str(_moved.rows(Book(str(shell.book)), path.stem, found))
    assert "accepted 20, duplicates 0" in told[0]
    rids = [row["rid"] for row in shell.rows(path.stem)]
    assert rids == [f"r{n}" for n in [*range(30), *range(100, 120)] if n != 7]
    assert shell.ok("check", "--quiet") == ""


def test_a_journal_that_somebody_else_replaced_is_not_put_back(
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
    found = journals.look(str(shell.book), path.stem, journals.Ids(""), [])[1]
    with pytest.raises(Busy):
        _moved.rows(Book(str(shell.book)), path.stem, found)
    assert path.read_bytes() == whole
    assert not [one for one in shell.book.iterdir() if one.name.endswith(".tmp")]


def test_who_ingests_while_a_repair_goes_by_reads_the_journal_again_without_the_lock(
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


def damaged(place: Path) -> None:
    """A book with damaged rows, CRLF, a torn tail, a wrong state, fold, index and mode."""
    shell = Shell(place)
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


def told(place: Path) -> Any:
    """Journals without what names the moment of writing, quarantines, and what check says."""
    book = place / "book"
    rows = {
        path.name: [
            {**json.loads(line), "recorded_at": None, "crc": None}
            for line in path.read_bytes().splitlines()
        ]
        for path in sorted(book.glob("*.jsonl"))
    }
    beside = {
        path.name.partition("before-repair")[0]: path.read_bytes()
        for path in sorted(book.glob("*.jsonl.*"))
    }
    inodes = [path.stat().st_nlink for path in sorted(book.glob("*.jsonl*"))]
    done = Shell(place, is_new=False).run("check", "--format", "json")
    answer = json.loads(done.stdout)
    notes = [one["kind"] for one in answer["notes"]]
    return rows, beside, inodes, (done.returncode, answer["faults"], notes)


def moved(place: Path) -> None:
    """A book whose rows a repair moved out although they hold."""
    shell = Shell(place)
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
def test_killed_anywhere_it_is_finished_by_running_it_again(
    tmp_path: Path, words: tuple[str, ...], set_up: Callable[[Path], None]
) -> None:
    stage = Stage(tmp_path / "place", set_up)
    env = Shell(stage.place, is_new=False).environment
    line = [str(ROOT / "bin" / "repair"), *words]
    points = [one for one in killing.calls(stage, line, env) if one.call in CHANGES]
    wanted = told(stage.place)
    assert wanted[3][0] == 0, wanted[3]
    assert len(points) > 20
    killed, wrong = 0, []
    for report in killing.kill(stage, line, env, told, killing.spread(points, long(3, 40))):
        killed += report.killed
        wrong += [report.point] if report.facts != wanted else []
    assert killed >= 2
    assert not wrong
    if set_up is damaged:
        figure = f"{killed - len(wrong)} of {killed} killed repairs were finished by the next"
        name = "test_killed_anywhere_it_is_finished_by_running_it_again"
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
