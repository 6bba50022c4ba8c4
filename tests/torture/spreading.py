"""Work for every core: each worker is a fork with a place and a warm Python of its own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

Job, Told = TypeVar("Job"), TypeVar("Told")
MEMORY = "/dev/shm"


@contextmanager
def scratch(near: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what survives a kill is the same, and syncs are quick.

    What survives a power cut is asked elsewhere, on a real disk.
    """
    is_there = os.path.isdir(MEMORY) and os.access(MEMORY, os.W_OK)
    place = Path(tempfile.mkdtemp(prefix="burnbook-", dir=MEMORY if is_there else near))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def own(folder: Path) -> Path:
    """This process's folder of its own in a folder."""
    return folder / str(os.getpid())


def spread(work: Callable[[Job], Told], jobs: Iterable[Job]) -> list[Told]:
    """Do the jobs, in their order, one at a time on each core."""
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, mp_context=get_context("fork")) as workers:
        return list(workers.map(work, jobs))
