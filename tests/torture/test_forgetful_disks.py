"""Power cuts on a disk that forgets unsynced names and bytes.

The disk is a model (torture.disk), cut after each call of a command. Its possible contents are
restored, and the command runs again: every acknowledged row exists, and the rest is completed.
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
    """The result of a job."""

    cuts: int
    calls: int
    wrong: list[str]


class Cut(NamedTuple):
    """The content of the disk, and its cause; `ended`: the command had ended before."""

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
    """Cut the power under one writer, and check the result after it ran again."""
    stage = Stage(WRITERS[job.writer], own(job.folder))
    judge = Judge(stage)
    _, log = stage.recorded()
    every = list(cuts(log))
    if job.count is not None:
        every = random.Random(stage.writer.name).sample(every, min(job.count, len(every)))
    own_cuts = every[job.part :: job.parts]
    wrong = [
        f"{why} ({cut_state.how})"
        for cut_state in own_cuts
        for why in judge.cut(cut_state.state, ended=cut_state.ended)
    ]
    return Seen(len(own_cuts), 0 if job.part else len(log) - 1, wrong)


def test_a_power_cut_on_a_disk_that_forgets(tmp_path: Path) -> None:
    """Five writers and six cuts of each in the suite; all of them in a full soak."""
    writers = [at for at, entry in enumerate(WRITERS) if part() or entry.name in _SHORT]
    count, parts = None if part() >= 1 else long(6, 500), PARTS if part() else 1
    with scratch(tmp_path) as folder:
        jobs = [Share(at, folder, count, each, parts) for at in writers for each in range(parts)]
        seen = spread(cut, jobs)
    wrong = [why for entry in seen for why in entry.wrong]
    print(*wrong, sep="\n")
    record(
        "A power cut loses no acknowledged row and leaves no empty file",
        "test_a_power_cut_on_a_disk_that_forgets",
        f"{len(wrong)} faults after {sum(entry.cuts for entry in seen):,} cuts at "
        f"{sum(entry.calls for entry in seen):,} calls of {len(writers)} commands, on a model of a "
        f"disk that forgets bytes and names that were not synced"
        f"{f'; the first: {wrong[0]}' if wrong else ''}",
        "0 faults",
        not wrong,
    )
