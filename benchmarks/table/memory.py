"""Peak memory of a command and all its processes.

Every process counts with its proportional set size (PSS): a page that several share counts once in
all. The sizes are read every few milliseconds, so a shorter peak can be missed.
"""

import os
import threading
import time
from contextlib import suppress

from measure import Command, finish, prepare, start

INTERVAL = 0.005  # seconds between two readings


def peak_mb(command: Command) -> float:
    """Run a command, and return the largest sum of its processes in MB (10**6 bytes)."""
    prepare(command)
    earlier = set(_pids())
    process = start(command)
    sampler = Sampler(process, earlier)
    sampler.start()
    try:
        finish(command, process)
    finally:
        sampler.stopped.set()
        sampler.join()
    return sampler.peak / 1e6


class Sampler(threading.Thread):
    """Reads the memory of a process and its descendants until it is stopped. `peak` is in bytes."""

    def __init__(self, process: int, earlier: set[int]) -> None:
        super().__init__(daemon=True)
        self.process, self.earlier = process, earlier
        self.stopped = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Keep the largest sum."""
        while not self.stopped.is_set():
            self.peak = max(self.peak, sum(map(pss, self.tree())))
            time.sleep(INTERVAL)

    def tree(self) -> set[int]:
        """The process and its descendants. A process that was there before is none of them."""
        parents = {pid: _parent(pid) for pid in _pids() if pid not in self.earlier}
        tree = {self.process}
        while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
            tree |= more
        return tree


def pss(pid: int) -> int:
    """The proportional set size of a process in bytes; 0 after its end."""
    with suppress(OSError), open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        for line in file:
            if line.startswith(b"Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _parent(pid: int) -> int:
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        # The name of the program, in parentheses, may contain blanks.
        return int(file.read().rpartition(b")")[2].split()[1])
    return 0
