"""`repair --restore`: rows of a quarantine that hold go back to where they were recorded."""

import json
import zlib
from pathlib import Path

import msgspec
import pytest
from burnbook.book import codec, quarantine
from burnbook.book.quarantine import Kept
from conftest import codex
from inside import Done, Inside
from test_check import usage
from torture.test_newer import newer

AT = "2026-11-22T"
BAD = b'{"id":"s-0123456789abcdef01","crc":"00000000"}\n'


@pytest.fixture
def inside(tmp_path: Path) -> Inside:
    """A book with a BEFORE, an AFTER that was taken back, and another AFTER."""
    inside = Inside(tmp_path)
    words = ("--window", "W0-CHN", "--at")
    ok(inside, "snapshot", "start", "codex", *words, AT + "09:00", stdin=codex())
    ok(inside, "snapshot", "end", "codex", "--at", AT + "11:00", stdin=codex(20))
    ok(inside, "undo", "codex")
    ok(inside, "snapshot", "end", "codex", "--at", AT + "12:00", stdin=codex(51))
    ok(inside, "ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(5))
    return inside


def ok(inside: Inside, *words: str, stdin: str = "") -> str:
    done = inside.run(*words, stdin=stdin.encode())
    assert done.code == 0, done
    return done.out


def restore(inside: Inside, *words: str) -> Done:
    return inside.run("repair", "--restore", *words)


def moved(book: Path, name: str, numbers: set[int], end: bytes = b"\n") -> bytes:
    """Move lines to the quarantine like an earlier version; return the original journal."""
    path = book / f"{name}.jsonl"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    bad = [
        Kept("of its time", at + 1, 0, quarantine.id_of(line), line[:-1] + end)
        for at, line in enumerate(lines)
        if at in numbers
    ]
    quarantine.keep(str(book), name, bad)
    path.write_bytes(b"".join(line for at, line in enumerate(lines) if at not in numbers))
    return whole


@pytest.mark.parametrize("numbers", [{0}, {1}, {0, 1, 2, 3}, {1, 3}, {2}])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_rows_are_restored_to_their_position(inside: Inside, numbers: set[int], end: bytes) -> None:
    before = json.loads(ok(inside, "preview", "--window", "W0-CHN", "--format", "json"))
    whole = moved(inside.book, "snapshots", numbers, end)
    quarantine = inside.book / "snapshots.jsonl.quarantine"
    if end == b"\r\n":  # what changed the journal's line ends changed the quarantine's too
        quarantine.write_bytes(codec.BOM + quarantine.read_bytes().replace(b"\n", b"\r\n"))
    kept = (inside.book / "snapshots.jsonl.quarantine").read_bytes()
    done = restore(inside, "--yes")
    assert done.code == 0, done
    rows = "1 row" if len(numbers) == 1 else f"{len(numbers)} rows"
    assert f"snapshots.jsonl: restored {rows} from snapshots.jsonl.quarantine" in done.out
    assert (inside.book / "snapshots.jsonl").read_bytes() == whole
    assert (inside.book / "snapshots.jsonl.quarantine").read_bytes() == kept
    assert len([*inside.book.glob("snapshots.jsonl.before-repair-*")]) == 1
    ok(inside, "check")
    after = json.loads(ok(inside, "preview", "--window", "W0-CHN", "--format", "json"))
    assert after | {"anomalies": 0} == before | {"anomalies": 0}
    again = inside.tree()
    assert restore(inside, "--yes").code == 0
    assert inside.tree() == again


@pytest.mark.parametrize("numbers", [{0}, {1}, {0, 1}, {1, 2}, {3}, {0, 1, 2, 3}])
def test_rows_are_restored_after_their_predecessor_for_any_clock(
    inside: Inside, numbers: set[int]
) -> None:
    """The clock of one row was years ahead, and that of another years behind."""
    path = inside.book / "snapshots.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = stamped(lines[1], "2040-01-01T00:00:00Z")
    lines[3] = stamped(lines[3], "2020-01-01T00:00:00Z")
    whole = b"".join(lines)
    bad = [stamped(line, None) if at in numbers else line for at, line in enumerate(lines)]
    path.write_bytes(b"".join(bad))
    ok(inside, "repair", "--yes")
    entries = quarantine.read(str(inside.book), "snapshots")
    assert len(entries) == len(numbers)
    right = [msgspec.structs.replace(entry, base64=lines[entry.line - 1]) for entry in entries]
    (inside.book / "snapshots.jsonl.quarantine").unlink()
    quarantine.keep(str(inside.book), "snapshots", right)
    assert restore(inside, "--yes").code == 0
    assert path.read_bytes() == whole


def stamped(line: bytes, moment: str | None) -> bytes:
    """A row recorded at another moment; without one it is not valid."""
    body = line.rpartition(b',"crc"')[0]
    if moment is None:
        return line.replace(body, body.replace(b'"host":"', b'"host":" '))
    at = body.index(b'"recorded_at":"') + 15
    body = body[:at] + moment.encode() + body[body.index(b'"', at) :]
    return body + b',"crc":"%08x"}\n' % zlib.crc32(body)


def test_without_yes_nothing_is_written(inside: Inside) -> None:
    moved(inside.book, "snapshots", {0, 2})
    before = inside.tree()
    for words, code in (((), 1), (("--dry-run",), 1), (("--dry-run", "--yes"), 0)):
        done = restore(inside, *words)
        assert done.code == code, done
        assert "2 rows to put back" in done.out
        assert inside.tree() == before


def test_rows_that_are_still_corrupt_stay_and_are_reported(inside: Inside) -> None:
    whole = moved(inside.book, "snapshots", {3})
    quarantine.keep(str(inside.book), "snapshots", [Kept("no", 9, 9, "s-0123456789abcdef01", BAD)])
    done = restore(inside, "--yes")
    assert done.code == 1
    assert "snapshots.jsonl: restored 1 row from" in done.out
    assert "left: snapshots.jsonl.quarantine:2 is still corrupt: crc is 00000000" in done.out
    assert (inside.book / "snapshots.jsonl").read_bytes() == whole
    assert restore(inside, "--yes").code == 1
    assert (inside.book / "snapshots.jsonl").read_bytes() == whole


def test_quarantined_rows_of_a_later_version_are_restored(inside: Inside) -> None:
    path = inside.book / "proxy_telemetry.jsonl"
    path.write_bytes(b"".join(map(newer, path.read_bytes().splitlines(keepends=True))))
    whole = moved(inside.book, "proxy_telemetry", {0, 1, 2, 3, 4})
    assert path.read_bytes() == b""
    assert restore(inside, "--yes").code == 0
    assert path.read_bytes() == whole
    assert "has 5 rows of a newer version, 0.2.0" in ok(inside, "check")


def test_a_missing_journal_is_restored(inside: Inside) -> None:
    whole = moved(inside.book, "snapshots", {0, 1, 2, 3})
    (inside.book / "snapshots.jsonl").unlink()
    assert restore(inside, "--yes").code == 0
    assert (inside.book / "snapshots.jsonl").read_bytes() == whole
    ok(inside, "check")


def test_a_repair_can_be_reverted(inside: Inside) -> None:
    """As after a disk that gave wrong bytes once: the row is put right by hand, and comes back."""
    path = inside.book / "snapshots.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b":11.0", b":12.0"))
    ok(inside, "repair", "--yes")
    quarantine_path = inside.book / "snapshots.jsonl.quarantine"
    [kept] = quarantine.read(str(inside.book), "snapshots")
    right = Kept(kept.reason, 1, 0, kept.id, (kept.base64 or b"").replace(b":12.0", b":11.0"))
    quarantine_path.unlink()
    quarantine.keep(str(inside.book), "snapshots", [right])
    assert restore(inside, "--yes").code == 0
    assert path.read_bytes() == whole
    ok(inside, "check")
    kinds = [json.loads(line)["kind"] for line in (inside.book / "anomalies.jsonl").open()]
    assert kinds == ["repair", "restore"]


def test_a_row_in_a_journal_already_is_not_put_back(inside: Inside) -> None:
    whole = moved(inside.book, "snapshots", {1})
    (inside.book / "snapshots.jsonl").write_bytes(whole)
    assert restore(inside, "--yes").code == 0
    assert (inside.book / "snapshots.jsonl").read_bytes() == whole
    assert codec.verify("snapshots", whole.splitlines(keepends=True)[1])
