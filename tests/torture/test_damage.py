"""Torn tails and flipped bytes are found; what is decided is decided under the lock."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from burnbook import lock, records
from burnbook.book import Book
from burnbook.errors import BadData, Busy
from burnbook.escape import printable
from burnbook.rows import Anomaly, Row

from torture.figures import long, part, record

AFTER = (b"", b"\0\0\0", b"\xff\xfe", b"\xc3")


def anomaly(subject: str) -> Anomaly:
    said = {"first": 0, "second": 1, "first_from": "a", "second_from": "b", "detail": "fell"}
    return records.make(Anomaly, kind="k", subject=subject, **said)


def test_torn_tails_at_every_byte(tmp_path: Path) -> None:
    whole, torn = records.encode(anomaly("one")), records.encode(anomaly("two"))
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


def test_a_flipped_byte_is_found() -> None:
    lot, line = random.Random(5), records.encode(anomaly("one"))
    count, found = long(200, 1000), 0
    for _ in range(count):
        place = lot.randrange(len(line) - 1)
        bad = bytearray(line)
        bad[place] ^= lot.randrange(1, 256)
        try:
            records.verify("anomalies", bytes(bad))
        except BadData:
            found += 1
    record(
        "A flipped byte is found",
        "test_a_flipped_byte_is_found",
        f"{found:,} of {count:,} found",
        "99.9% found",
        found >= 0.999 * count,
    )


def test_what_is_decided_is_decided_under_the_lock(tmp_path: Path) -> None:
    def build() -> Sequence[tuple[str, Row]]:
        with pytest.raises(Busy), lock.book_lock(str(tmp_path), wait=0):
            pass
        return [("anomalies", anomaly("one"))]

    assert len(Book(str(tmp_path)).commit(build)) == 1


def test_what_acts_on_a_terminal_is_escaped() -> None:
    assert printable("\x1b]52;c;x\x07\u202e\r") == r"\x1b]52;c;x\x07\u202e\r"
