"""Power cuts on a disk that forgets what was not synced: names as well as bytes.

The disk is a model (torture.disk), cut after each call of a command. What may be left is put in
place, and the command runs again: every acknowledged row is there, and the rest is finished.
test_power_cuts does the same to a real ext4, which forgets less.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from torture.breaking import Stage
from torture.disk import State, played
from torture.figures import long, part, record
from torture.judging import Judge
from torture.recording import Event
from torture.spreading import PARTS, Share, own, scratch, spread
from torture.writers import WRITERS

_SHORT = ("first", "checkpoint first", "ingest more", "repair", "reset")


class Seen(NamedTuple):
    """What a job saw."""

    cuts: int
    calls: int
    wrong: list[str]


class Cut(NamedTuple):
    """What is on the disk, and how it came to that; `ended`: the command had ended before."""

    how: str
    state: State
    ended: bool


def cuts(log: list[Event]) -> Iterator[Cut]:
    """Every cut that leaves other files than those before it."""
    seen = set()
    for number, disk in enumerate(played(log), 1):
        ended = number == len(log) - 1
        for what, state in disk.states():
            key = ended, frozenset((path, data) for path, (_, data) in state.items())
            if key not in seen:
                seen.add(key)
                yield Cut(f"after call {number} ({log[number][0]}), {what}", state, ended)


def cut(job: Share) -> Seen:
    """Cut the power under one writer, and judge what is there after it ran again."""
    stage = Stage(WRITERS[job.writer], own(job.folder))
    judge = Judge(stage)
    _, log = stage.recorded()
    every = list(cuts(log))
    if job.count is not None:
        every = random.Random(stage.writer.name).sample(every, min(job.count, len(every)))
    mine = every[job.part :: job.parts]
    wrong = [f"{why} ({one.how})" for one in mine for why in judge.cut(one.state, ended=one.ended)]
    return Seen(len(mine), 0 if job.part else len(log) - 1, wrong)


def test_a_power_cut_on_a_disk_that_forgets(tmp_path: Path) -> None:
    """Five writers and six cuts of each in the suite; all of them in a full soak."""
    writers = [at for at, one in enumerate(WRITERS) if part() or one.name in _SHORT]
    count, parts = None if part() >= 1 else long(6, 500), PARTS if part() else 1
    with scratch(tmp_path) as folder:
        jobs = [Share(at, folder, count, each, parts) for at in writers for each in range(parts)]
        seen = spread(cut, jobs)
    wrong = [why for one in seen for why in one.wrong]
    print(*wrong, sep="\n")
    record(
        "A power cut loses no acknowledged row and leaves no empty file",
        "test_a_power_cut_on_a_disk_that_forgets",
        f"{len(wrong)} faults after {sum(one.cuts for one in seen):,} cuts at "
        f"{sum(one.calls for one in seen):,} calls of {len(writers)} commands, on a model of a "
        f"disk that forgets bytes and names that were not synced"
        f"{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )
