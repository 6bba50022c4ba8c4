"""Torn tails and flipped bytes are found; decisions are made under the lock."""

import random
from bisect import bisect_right as bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from burnbook.base.errors import Busy
from burnbook.base.text import printable
from burnbook.book import codec, lock
from burnbook.book.book import Book
from burnbook.check.whole_book import check_once
from burnbook.config.loader import Config
from burnbook.rows.meters import Anomaly, Row

from torture.figures import long, part, record
from torture.setups import END, FINAL, SHOWN, START, feed_read, ok
from torture.writers import sample

AFTER = (b"", b"\0\0\0", b"\xff\xfe", b"\xc3")


def anomaly(subject: str) -> Anomaly:
    fields = {"first": 0, "second": 1, "first_from": "a", "second_from": "b", "detail": "fell"}
    return codec.make(Anomaly, kind="k", subject=subject, **fields)


def test_torn_tails_at_every_byte(tmp_path: Path) -> None:
    whole, torn = codec.encode(anomaly("one")), codec.encode(anomaly("two"))
    lost = 0
    cuts = range(1, len(torn) - 1, 1 if part() else 8)
    for cut in cuts:
        for after in AFTER:
            root = tmp_path / f"{cut}-{len(after)}-{after.hex()}"
            root.mkdir()
            tail = torn[:cut] + after
            (root / "anomalies.jsonl").write_bytes(whole + tail)
            Book(str(root)).commit(lambda: [("anomalies", anomaly("three"))])
            subjects = [row.subject for row in Book(str(root)).rows("anomalies")]
            kept = (root / "anomalies.jsonl.broken").read_bytes()
            good = subjects == ["one", "anomalies.jsonl", "three"] and kept == tail + b"\n"
            lost += not good
    record(
        "A torn tail is moved aside, whatever stands in it, and nothing glues to it",
        "test_torn_tails_at_every_byte",
        f"{lost} wrong of {len(cuts) * len(AFTER):,} tails, with nothing, NULs or bad UTF-8 after",
        "0 wrong",
        not lost,
    )


def kept(folder: Path) -> None:
    """A book that the commands made: a row in every journal that they write, and two agents."""
    feed_read(folder)
    ok(folder, "checkpoint", "W1", "--at", END)
    ok(folder, "ingest", "claude", "--at", END)
    ok(folder, "import", "ccusage", "--at", END, stdin=sample("ccusage/daily.json"))
    artifact = ("--artifact", f"{folder}/report.xml")
    ok(folder, "evidence", *SHOWN, *artifact, "--at", END)
    ok(folder, *FINAL)
    for who in ("ann", "bo", "cy", "zoe"):
        agent = ("codex", "--agent", who, "--window", "W1", "--set=5h=9")
        ok(folder, "snapshot", "start", *agent, "--at", START)
        ok(folder, "snapshot", "end", *agent, "--at", END)
    ok(folder, "undo", "codex", "--agent", "zoe", "--at", "2026-11-22T14:00")
    ok(folder, "budget", "--window", "W1", "--at", END)
    ok(folder, "reset", "--at", "2026-11-23T08:00")


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    """Anywhere in the journals of a whole book, and in its state: everything that `check` verifies.

    People edit ledgers too, so only their ids are compared with the journals; caches and cursors
    are rebuilt by commands that cannot read them.
    """
    kept(tmp_path)
    book, config = Book(str(tmp_path / "book")), Config(str(tmp_path / "config"))
    root = tmp_path / "book"
    files = [*sorted(root.rglob("*.jsonl")), *sorted(root.glob("state/[!.]*/*.json"))]
    files = [path for path in files if "rejects" not in path.parts and path.stat().st_size]
    assert not check_once(book, config).faults
    assert {"snapshots", "windows", "checkpoints", "churn", "evidence"} <= {p.stem for p in files}
    ends = list(accumulate(path.stat().st_size for path in files))
    lot, count, missed = random.Random(5), long(60, 1000), []
    for _ in range(count):
        at = lot.randrange(ends[-1])
        path = files[bisect(ends, at)]
        whole = path.read_bytes()
        bad, position = bytearray(whole), at - ends[bisect(ends, at)] + len(whole)
        # A state file is indented JSON: another blank instead of a blank changes nothing.
        is_blank = path.suffix == ".json" and whole[position] in b" \n"
        bad[position] ^= lot.choice([n for n in range(1, 256) if not is_blank or n >= 64])
        path.write_bytes(bad)
        # No second look after a pause: no writer is at work.
        if not check_once(Book(str(root)), config).faults:
            missed.append(
                f"{path.name} byte {position}: {bytes(bad[position - 9 : position + 9])!r}"
            )
        path.write_bytes(whole)
    journals = sum(path.suffix == ".jsonl" for path in files)
    print(*missed, sep="\n")
    record(
        "A flipped byte is found",
        "test_a_flipped_byte_is_found",
        f"{count - len(missed):,} of {count:,} found by check, drawn from {ends[-1]:,} bytes of "
        f"{journals} journals and {len(files) - journals} state files of one book"
        f"{f'; missed: {missed[0]}' if missed else ''}",
        "99.9% found",
        len(missed) <= 0.001 * count,
    )


def test_decisions_are_taken_under_the_lock(tmp_path: Path) -> None:
    def build() -> Sequence[tuple[str, Row]]:
        with pytest.raises(Busy), lock.book_lock(str(tmp_path), wait=0):
            pass
        return [("anomalies", anomaly("one"))]

    assert len(Book(str(tmp_path)).commit(build)) == 1


def test_terminal_controls_are_escaped() -> None:
    assert printable("\x1b]52;c;x\x07\u202e\r") == r"\x1b]52;c;x\x07\u202e\r"
