"""Many writers at once: every acknowledged row is there, once and complete."""

import os
import time
from pathlib import Path

from burnbook.base.errors import Busy
from burnbook.book.book import Book
from conftest import anomaly

from torture.figures import long, record

TOGETHER = 10


def book_many(root: str, who: int, count: int) -> str:
    """Book `count` rows, ten at a time; if the book is busy, try again.

    Returns the longest wait of a batch in seconds, and how often the book was busy.
    """
    book, done, busy, longest = Book(root), 0, 0, 0.0
    while done < count:
        rows = [
            anomaly(f"{who}-{number}", number, "x" * 100)
            for number in range(done, min(done + TOGETHER, count))
        ]
        began = time.monotonic()
        try:
            done += len(book.commit(lambda rows=rows: [("anomalies", row) for row in rows]))
        except Busy:
            busy += 1
        longest = max(longest, time.monotonic() - began)
    return f"{longest} {busy}"


def test_many_processes_book_at_once(tmp_path: Path) -> None:
    processes, count = long(8, 200), long(25, 500)
    root, children = str(tmp_path / "book"), []
    for who in range(processes):
        child = os.fork()
        if not child:
            try:
                (tmp_path / f"told.{who}").write_text(book_many(root, who, count))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    reports = [path.read_text().split() for path in tmp_path.glob("told.*")]
    longest, busy = (
        max(float(value) for value, _ in reports),
        sum(int(value) for _, value in reports),
    )
    book = Book(root)
    subjects = [row.subject for row in book.rows("anomalies")]
    wanted = {f"{who}-{number}" for who in range(processes) for number in range(count)}
    lost, double = len(wanted - set(subjects)), len(subjects) - len(set(subjects))
    torn = book.skipped["anomalies"].unreadable
    record(
        "Many writers at once lose, tear and double nothing",
        "test_many_processes_book_at_once",
        f"{lost} lost, {double} double, {torn} torn, {failed} processes failed, of "
        f"{processes} x {count} rows; the longest wait for a batch of {TOGETHER} was "
        f"{longest:.1f} s, {busy} were told to try again",
        "0 of each",
        not lost and not double and not torn and not failed,
    )
