"""`check --since` verifies the rows that were recorded since a moment, and nothing older."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from burnbook.book import codec, journal
from burnbook.check.large import since
from burnbook.rows.meters import Snapshot, Void
from burnbook.times import clock
from chains import append, sealed
from conftest import Shell, codex
from test_check import full as full

OLD, NEW = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
BETWEEN = datetime(2026, 3, 15, tzinfo=UTC)


@contextmanager
def recorded(at: datetime) -> Iterator[None]:
    with mock.patch.object(clock, "wall_clock", return_value=at):
        yield


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two rows that were recorded before a moment, and two after it."""
    for at, subjects in ((OLD, "ab"), (NEW, "cd")):
        with recorded(at):
            append(tmp_path, "here", *subjects)
    return tmp_path


def changed(book: Path, number: int, line: bytes, name: str = "anomalies") -> None:
    path = book / f"{name}.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number - 1 : number] = [line]
    path.write_bytes(b"".join(lines))


def kinds(book: Path) -> list[tuple[str, int]]:
    findings = since.check_since(str(book), BETWEEN).findings
    return [(finding.kind, finding.line) for finding in findings if finding.is_fault]


def test_only_newer_rows_count(book: Path) -> None:
    report = since.check_since(str(book), BETWEEN)
    assert (report.rows["anomalies"], report.findings) == (2, [])
    assert report.chains["anomalies"].covered == 4
    assert since.check_since(str(book), OLD).rows["anomalies"] == 4
    later = since.check_since(str(book), datetime(2027, 1, 1, tzinfo=UTC))
    assert (sum(later.rows.values()), later.chains) == (0, {})


def test_a_corrupt_row_is_found_if_it_is_new(book: Path) -> None:
    lines = (book / "anomalies.jsonl").read_bytes().splitlines(keepends=True)
    changed(book, 3, lines[2].replace(b'"subject":"c"', b'"subject":"C"'))
    assert kinds(book) == [("row", 3)]
    changed(book, 3, b"no row at all\n")
    assert kinds(book) == [("row", 3)]


def test_an_edit_of_an_older_row_is_left_to_a_whole_check(book: Path) -> None:
    """But its chain shows that there is one, even if its crc holds."""
    old = (book / "anomalies.jsonl").read_bytes().splitlines(keepends=True)[0]
    changed(book, 1, sealed(old.replace(b'"first":1', b'"first":3')))
    assert kinds(book) == [("chain", 2)]


def test_duplicates_and_missing_rows_are_found(book: Path) -> None:
    first = (book / "anomalies.jsonl").read_bytes().splitlines(keepends=True)[2]
    with (book / "anomalies.jsonl").open("ab") as file:
        file.write(first)
    assert kinds(book) == [("twice", 5)]
    with recorded(NEW):
        row = codec.encode(codec.make(Void, void="s-" + "0" * 18))
    journal.append(str(book), {"snapshots": row}, is_own=False)
    assert ("reference", 1) in kinds(book)


def test_a_void_of_an_older_row_is_valid(shell: Shell) -> None:
    with recorded(OLD):
        shell.ok("snapshot", "start", "codex", "--at", "2026-03-01T09:00Z", stdin=codex())
    shell.ok("undo", "codex", "--at", "2026-03-01T09:01Z")
    rows = [
        codec.decode("snapshots", line)
        for line in (shell.book / "snapshots.jsonl").read_bytes().splitlines()
    ]
    assert [type(row) for row in rows] == [Snapshot, Void]
    assert since.check_since(str(shell.book), rows[1].recorded_at).findings == []


def test_a_time_or_a_window_may_be_given(full: Shell) -> None:
    full.ok(
        "snapshot", "start", "codex", "--window", "OLD", "--set=5h=9", "--at", "2020-01-01T09:00Z"
    )
    total = full.json("check")["rows_verified"]
    for text in ("OLD", "2020-01-01T09:00:00Z"):
        output = full.json("check", "--since", text)
        assert (output["ok"], output["since"]) == (True, "2020-01-01T09:00:00Z")
        assert output["rows_verified"] == total
    first, *_, last = full.ok("check", "--since", "OLD").splitlines()
    assert first == f"ok: {total} rows recorded since 2020-01-01T09:00:00Z verified"
    assert last == "not checked: older rows, the store, states, ledgers, files"
    done = full.run("check", "--since", "W-NONE")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--since 'W-NONE' is not a window that has begun, nor a time" in done.stderr
    assert full.run("check", "--since", "OLD", "--full").returncode == 2


def test_too_many_rows_are_left_to_a_whole_check(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(since, "MOST", 1)
    with pytest.raises(Exception, match="over 1 rows of anomalies were recorded since"):
        since.check_since(str(book), BETWEEN)
