"""A check after a check reads what is new, and finds every edit of what it has read before."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from burnbook.book.book import Book
from burnbook.check import whole_book
from burnbook.check.large import mark, verify
from burnbook.check.whole_book import CheckReport, Use
from burnbook.config.loader import Config
from burnbook.store import database
from chains import edited
from conftest import Shell
from test_check import check_findings, times, usage
from test_check import full as full
from torture.figures import long, record

ROWS = 3000  # over a MiB
PROMISE = "A check that begins at the last one finds every edit before it"


@pytest.fixture
def big(full: Shell) -> Shell:
    """A book with a journal that is large enough for a mark, and with a mark."""
    full.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(ROWS, 1000))
    full.ok("preview", "--window", "W0-CHN")
    full.ok("check")
    return full


@pytest.fixture
def everything_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each journal of telemetry, usage and rejects is read with two processes, and gets a mark."""
    for limit in ("MIN_BYTES", "MIN_SHARED"):
        monkeypatch.setattr(verify, limit, 1)
    return


def looked(shell: Shell, use: Use) -> CheckReport:
    return whole_book.check_once(Book(str(shell.book)), Config(str(shell.config)), use)


def same(first: CheckReport, second: CheckReport) -> bool:
    return first._replace(unchanged={}) == second._replace(unchanged={})


def test_the_second_check_reads_only_what_is_new(big: Shell) -> None:
    first = big.json("check")
    assert first["unchanged"] == {"proxy_telemetry": ROWS + 50}
    assert f"{ROWS + 50:,} rows verified before and unchanged" in big.ok("check")
    big.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(10, 9000))
    second, again = big.json("check"), big.json("check")
    assert second["unchanged"] == {"proxy_telemetry": ROWS + 50}
    assert second["rows"]["proxy_telemetry"] == ROWS + 60
    assert again["unchanged"] == {"proxy_telemetry": ROWS + 60}
    whole = big.json("check", "--full")
    assert whole.pop("unchanged") == {}
    assert again.pop("unchanged") and again == whole
    assert "verified before" not in big.ok("check", "--full")


def test_a_check_writes_only_its_mark(big: Shell) -> None:
    before = times(big.book)
    big.ok("ingest", "proxy-telemetry", "--window", "W0-CHN", stdin=usage(10, 9000))
    booked = times(big.book)
    big.ok("check")
    now = times(big.book)
    changed = {Path(name).name for name in now if now[name] != booked.get(name)}
    assert changed == {"cache", "checked.json", "checked.sqlite"}
    assert now.keys() == before.keys()
    assert all(
        (big.book / name).stat().st_mode & 0o777 == 0o600 for name in (mark.FILE, mark.TABLES)
    )
    big.ok("check")
    big.run("repair")
    big.ok("doctor")
    assert times(big.book)[str(big.book / mark.FILE)] == now[str(big.book / mark.FILE)]


def test_a_mark_that_cannot_be_written_changes_no_answer(big: Shell) -> None:
    for name in (mark.FILE, mark.TABLES):
        (big.book / name).unlink()
    (big.book / mark.TABLES).mkdir(mode=0o700)
    for _ in range(2):
        assert [finding["file"] for finding in check_findings(big)] == [mark.TABLES]
    assert not (big.book / mark.FILE).exists()
    assert not [*big.book.glob("cache/.*")]


def test_two_processes_find_what_one_finds(full: Shell, everything_large: None) -> None:
    """The samples have requests that supersede others, and rejected lines."""
    reports = [looked(full, use) for use in ("none", "new", "known", "none")]
    assert reports[2].unchanged.keys() >= {"proxy_telemetry", "agent_usage"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "MIN_BYTES", 1 << 40)
        line_by_line = looked(full, "none")
    assert not line_by_line.findings
    assert all(same(report, line_by_line) for report in reports)


def test_every_edit_after_a_check_is_found(big: Shell) -> None:
    path = big.book / "proxy_telemetry.jsonl"
    whole, draw = path.read_bytes(), random.Random(5)
    lines = whole.splitlines(keepends=True)
    tried, missed = long(12, 400), []

    def flipped() -> bytes:
        at, bit = draw.randrange(len(whole)), 1 << draw.randrange(8)
        return whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]

    def resealed() -> bytes:
        return b"".join(edited(draw, lines)[1])

    def cut() -> bytes:
        return whole[: draw.randrange(len(whole))]

    edits: list[Callable[[], bytes]] = [flipped, resealed, cut]
    for number in range(tried):
        changed = edits[number % len(edits)]()
        if changed == whole:
            continue
        path.write_bytes(changed)
        report = looked(big, "known")
        if not report.faults or not same(report, looked(big, "none")):
            missed.append((number, report.faults[:3]))
    path.write_bytes(whole)
    assert not looked(big, "known").faults
    figure = f"{tried - len(missed)} of {tried} edits found: bytes, rows with a valid crc, cuts"
    record(PROMISE, "test_every_edit_after_a_check_is_found", figure, "all found", not missed)


@pytest.mark.parametrize("name", [mark.FILE, mark.TABLES])
def test_a_damaged_mark_is_not_used(big: Shell, name: str) -> None:
    path, draw = big.book / name, random.Random(name)
    whole = path.read_bytes()
    for _ in range(long(5, 100)):
        at = draw.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        report = looked(big, "known")
        assert (report.faults, report.unchanged.get("proxy_telemetry")) == ([], 0)
        path.write_bytes(whole)
    path.write_bytes(b"")
    assert looked(big, "known").unchanged["proxy_telemetry"] == 0


def test_a_mark_of_another_version_is_not_used(big: Shell) -> None:
    """Even if its seal holds: another version may check more."""
    marks = mark.load(str(big.book))
    marks.version = "0.0.1 1 1"
    mark.save(str(big.book), marks, str(big.book / mark.TABLES))
    assert json.loads((big.book / mark.FILE).read_text())["marks"]["version"] == "0.0.1 1 1"
    assert looked(big, "known").unchanged["proxy_telemetry"] == 0


def test_the_store_is_compared_after_a_mark_too(big: Shell) -> None:
    with sqlite3.connect(big.book / database.FILE) as connection:
        connection.execute("UPDATE telemetry_groups SET requests = requests + 1")
    connection.close()
    assert [finding["kind"] for finding in check_findings(big)] == ["store"]
    big.ok("repair")
    big.ok("preview", "--window", "W0-CHN")
    assert big.json("check")["faults"] == []


def test_a_window_that_is_declared_later_moves_rows_of_the_mark(big: Shell) -> None:
    big.ok("ingest", "proxy-telemetry", stdin=usage(100, 9000))
    big.ok("check")
    for name, at in (("W9", "2025-11-22T10:00Z"), ("W10", "2025-11-22T12:00Z")):
        big.ok("snapshot", "start", "codex", "--window", name, "--set=5h=9", "--at", at)
    big.ok("preview", "--window", "W9")
    known = big.json("check")
    assert known["faults"] == [] and known["unchanged"]["proxy_telemetry"] == ROWS + 150


def test_a_duplicate_of_a_row_before_the_mark_is_found(big: Shell) -> None:
    path = big.book / "proxy_telemetry.jsonl"
    with path.open("r+b") as file:
        line = file.readline()
        file.seek(0, 2)
        file.write(line)
    [finding] = [each for each in check_findings(big) if each["kind"] == "twice"]
    assert finding["line"] == ROWS + 51
