"""Work for every core: each worker is a fork with its own folder and its own warm Python."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

from torture.figures import long, part
from torture.writers import WRITERS

Job, Told = TypeVar("Job"), TypeVar("Told")
PARTS = 3  # one of the parts of the cases of a writer, so that both cores have work to the end
MEMORY = "/dev/shm"


class Share(NamedTuple):
    """The cases of one writer: `count` of them, or all; of these one part.

    `cold`: through the front door, with a new interpreter each time.
    """

    writer: int
    folder: Path
    count: int | None
    part: int = 0
    parts: int = 1
    cold: bool = False


def shares(folder: Path, short: int, most: int) -> list[Share]:
    """Of each writer `short` cases in the suite, `most` in a part of a soak, all in a full one."""
    count, parts = None if part() >= 1 else long(short, most), PARTS if part() else 1
    return [
        Share(writer, folder, count, each, parts)
        for writer in range(len(WRITERS))
        for each in range(parts)
    ]


@contextmanager
def scratch(near: Path) -> Iterator[Path]:
    """A folder in memory if possible: the result of a kill is the same, and syncs are fast.

    Power cuts are tested elsewhere, on a real disk.
    """
    is_there = os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK)
    folder = Path(tempfile.mkdtemp(prefix="burnbook-", dir=MEMORY if is_there else near))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own(folder: Path) -> Path:
    """The folder of this process inside another folder."""
    return folder / str(os.getpid())


def spread(work: Callable[[Job], Told], jobs: Iterable[Job]) -> list[Told]:
    """Do the jobs, in their order, one at a time on each core."""
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as workers:
        return list(workers.map(work, jobs))
