"""Kill -9 at system calls and at random moments: what was acknowledged is there, and a second run
finishes what the first began, even when it is killed or fails as well."""

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import killing
import pytest
from burnbook import records
from burnbook.book import Book
from burnbook.rows import Anomaly

from torture.breaking import ERRORS, REACHING, Fault, Stage, some
from torture.figures import long, record
from torture.judging import Judge
from torture.writers import Writer, chosen

traced = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


def killed_everywhere(writer: Writer, folder: Path, count: int) -> tuple[int, int, int, list[str]]:
    stage = Stage(writer, folder)
    calls = stage.calls()
    judge = Judge(stage)
    lot = random.Random(writer.name)
    faults = [Fault(*call) for call in calls]
    changing = [one for one in faults if one.call in killing.CHANGES]
    # What changes something first: in a short run it is what matters.
    drawn = list(some(changing, count, 1)) + list(some(faults, count - len(changing), 2))
    wrong, dead = [], 0
    for fault in drawn:
        call, number = lot.choice(calls)
        what = "signal=KILL" if lot.random() < 0.5 else f"error={lot.choice(ERRORS)}"
        during = Fault(call, number, what) if lot.random() < 0.5 and call in REACHING else None
        died, found = judge.killed(fault, during)
        dead += died
        wrong += found
    return len(drawn), dead, len(calls), wrong


@traced
def test_killed_at_system_calls(tmp_path: Path) -> None:
    def one(writer: Writer) -> tuple[int, int, int, list[str]]:
        return killed_everywhere(writer, tmp_path, long(3, 400))

    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(one, chosen(1)))
    wrong = [why for *_, some_wrong in told for why in some_wrong]
    print(*wrong, sep="\n")
    kills, dead, calls = (sum(column) for column in list(zip(*told, strict=True))[:3])
    assert dead >= 0.9 * kills, "the kills did not come"
    record(
        "Kill -9 at a system call loses and glues nothing; run again, it is finished",
        "test_killed_at_system_calls",
        f"{len(wrong)} faults in {dead:,} kills at {calls:,} calls of {len(told)} commands, half "
        f"of the second runs disturbed too{_first(wrong)}",
        "0 faults",
        not wrong,
    )


def _first(wrong: list[str]) -> str:
    return f"; the first: {wrong[0]}" if wrong else ""


def keep_booking(root: str, who: int, told: int) -> None:
    """Book rows one after another, and say each id once it is booked."""
    book = Book(root)
    for number in range(1_000_000):
        row = records.make(
            Anomaly,
            kind="k",
            subject=f"{who}-{number}",
            first=0,
            second=number,
            first_from="a",
            second_from="b",
            detail="x" * 300,
        )
        [booked] = book.commit(lambda row=row: [("anomalies", row)])
        os.write(told, f"{booked.row.id}\n".encode())


def test_killed_at_random_moments(tmp_path: Path) -> None:
    kills, lot = long(40, 1000), random.Random(6)
    records.make(
        Anomaly,
        kind="k",
        subject="s",
        first=0,
        second=0,
        first_from="a",
        second_from="b",
        detail="",
    )  # imports
    root, said, torn = "", set[str](), 0
    lost = glued = 0
    for kill in range(kills):
        if kill % 50 == 0:
            lost, glued = lost + _lost(root, said), glued + _glued(root)
            root, said = str(tmp_path / f"book{kill}"), set()
        hear, tell = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.close(hear)
                keep_booking(root, kill, tell)
            finally:
                os._exit(1)
        os.close(tell)
        time.sleep(lot.uniform(0.001, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(hear, "rb") as pipe:
            # The last line may be cut where the kill came: only whole ones were acknowledged.
            said |= {line.decode().strip() for line in pipe.readlines() if line.endswith(b"\n")}
        torn += Path(root, "anomalies.jsonl.broken").exists()
    lost, glued = lost + _lost(root, said), glued + _glued(root)
    record(
        "Kill -9 at any moment loses and glues nothing",
        "test_killed_at_random_moments",
        f"{lost} rows lost, {glued} damaged, in {kills:,} kills",
        "0 lost, 0 damaged",
        not lost and not glued,
    )


def _lost(root: str, said: set[str]) -> int:
    if not root:
        return 0
    there = {row.id for row in Book(root).rows("anomalies")}
    assert said, "nobody got to book a row: the test tells nothing"
    return len(said - there)


def _glued(root: str) -> int:
    if not root:
        return 0
    book = Book(root)
    book.rows("anomalies")
    return book.unreadable
