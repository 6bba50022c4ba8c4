"""Kill -9 at system calls and at random moments: acknowledged rows exist, and a second run
completes the first, even if it is killed or fails as well."""

import os
import random
import select
import signal
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import killing
import pytest
from burnbook.book.book import Book
from conftest import anomaly

from torture.breaking import DEADLY, ERRORS, REACHING, Call, Fault, Stage, sample
from torture.figures import long, part, record
from torture.judging import Judge
from torture.spreading import Share, own, scratch, shares, spread
from torture.writers import WRITERS

traced = pytest.mark.skipif(killing.missing() is not None, reason=str(killing.missing()))


class Told(NamedTuple):
    """The result of a job."""

    kills: int
    dead: int
    calls: int
    wrong: list[str]


def killed(job: Share) -> Told:
    """Kill one writer at the points of its job, and check the result after it ran again."""
    writer = WRITERS[job.writer]
    stage = Stage(writer, own(job.folder))
    calls = stage.calls(cold=job.cold)
    again = calls if not job.cold else stage.calls()
    judge = Judge(stage)
    deadly = [Fault(call.name, call.number) for call in calls if call.name in DEADLY]
    drawn = deadly if job.count is None else list(sample(deadly, job.count, writer.name))
    lot, wrong, dead = random.Random(f"{writer.name} {job.part}"), [], 0
    for fault in drawn[job.part :: job.parts]:
        died, faults = judge.killed(fault, _during(again, lot), cold=job.cold)
        dead += died
        wrong += faults
    return Told(len(drawn[job.part :: job.parts]), dead, 0 if job.part else len(deadly), wrong)


def _during(calls: list[Call], lot: random.Random) -> Fault | None:
    """The disturbance of the second run: in half of the cases a kill or a failing call."""
    call, what = lot.choice(calls), f"error={lot.choice(ERRORS)}"
    if lot.random() < 0.5:
        return Fault(call.name, call.number)
    is_half = lot.random() < 0.5 or call.name not in REACHING
    return None if is_half else Fault(call.name, call.number, what)


@traced
def test_killed_at_system_calls(tmp_path: Path) -> None:
    """Every writer in a warm Python: at each call that opens, changes or locks in a full soak."""
    with scratch(tmp_path) as folder:
        results = spread(killed, shares(folder, 2, 300))
    calls = sum(run.calls for run in results)
    what = f"at {calls:,} calls that open, change, lock or start something"
    _keep(results, "test_killed_at_system_calls", f"{what}, of {len(WRITERS)} commands")


@traced
def test_killed_behind_the_front_door(tmp_path: Path) -> None:
    """The same with a new interpreter for each run, imports and all; a sample."""
    some_writers = range(len(WRITERS)) if part() else (1, 5, 9)
    with scratch(tmp_path) as folder:
        results = spread(killed, [Share(at, folder, long(1, 10), cold=True) for at in some_writers])
    what = f"drawn from {sum(run.calls for run in results):,} calls of {len(results)} commands"
    _keep(results, "test_killed_behind_the_front_door", f"{what}, each started as from a shell")


def _keep(results: list[Told], test: str, what: str) -> None:
    wrong = [why for result in results for why in result.wrong]
    print(*wrong, sep="\n")
    kills, dead = sum(result.kills for result in results), sum(result.dead for result in results)
    assert dead >= 0.9 * kills, f"the kills did not come: {dead} of {kills}"
    record(
        "Kill -9 at a system call loses and glues nothing; run again, it is finished",
        test,
        f"{len(wrong)} faults in {dead:,} kills {what}; most of the second runs were "
        f"disturbed too{_first(wrong)}",
        "0 faults",
        not wrong,
    )


@traced
def test_a_warm_python_makes_the_calls_of_a_new_one(tmp_path: Path) -> None:
    """Both make the same calls in the folder; a new Python imports in between."""
    with scratch(tmp_path) as folder:
        stage = Stage(WRITERS[1], folder)
        both = [_done_to(stage, cold=cold) for cold in (False, True)]
    assert both[0] == both[1]
    assert {"openat", "write", "fsync", "renameat", "flock"} <= set(Counter(n for n, _ in both[0]))


def _done_to(stage: Stage, *, cold: bool) -> list[tuple[str, str]]:
    """The calls that name the place, and those that change something, without what differs."""
    calls = stage.calls(cold=cold)
    named = str(stage.folder)
    return [
        (call.name, call.shown.partition(named)[2].partition('"')[0].split(".tmp")[0][:30])
        for call in calls
        if named in call.shown or call.name in killing.CHANGES
    ]


def _first(wrong: list[str]) -> str:
    return f"; the first: {wrong[0]}" if wrong else ""


def keep_booking(root: str, who: int, report_fd: int) -> None:
    """Book rows one after another, and say each id once it is booked."""
    book = Book(root)
    for number in range(1_000_000):
        row = anomaly(f"{who}-{number}", number, "x" * 300)
        [booked] = book.commit(lambda row=row: [("anomalies", row)])
        os.write(report_fd, f"{booked.row.id}\n".encode())


def test_killed_at_random_moments(tmp_path: Path) -> None:
    kills, lot = long(40, 1000), random.Random(6)
    anomaly("s")  # imports
    root, acknowledged, torn = "", set[str](), 0
    lost = glued = 0
    for kill in range(kills):
        if kill % 50 == 0:
            lost, glued = lost + _lost(root, acknowledged), glued + _glued(root)
            root, acknowledged = str(tmp_path / f"book{kill}"), set()
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.close(read_end)
                keep_booking(root, kill, write_end)
            finally:
                os._exit(1)
        os.close(write_end)
        if kill % 2:  # half of them have acknowledged a row, however busy the machine is
            select.select([read_end], [], [])
        time.sleep(lot.uniform(0.001, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read_end, "rb") as pipe:
            # The last line may be cut where the kill came: only whole ones were acknowledged.
            acknowledged |= {
                line.decode().strip() for line in pipe.readlines() if line.endswith(b"\n")
            }
        torn += Path(root, "anomalies.jsonl.broken").exists()
    lost, glued = lost + _lost(root, acknowledged), glued + _glued(root)
    record(
        "Kill -9 at any moment loses and glues nothing",
        "test_killed_at_random_moments",
        f"{lost} rows lost, {glued} damaged, in {kills:,} kills",
        "0 lost, 0 damaged",
        not lost and not glued,
    )


def _lost(root: str, acknowledged: set[str]) -> int:
    if not root:
        return 0
    there = {row.id for row in Book(root).rows("anomalies")}
    assert acknowledged, "nobody got to book a row: the test tells nothing"
    return len(acknowledged - there)


def _glued(root: str) -> int:
    if not root:
        return 0
    book = Book(root)
    book.rows("anomalies")
    return book.skipped["anomalies"].unreadable
