"""Wait for an event that a test can observe, not a fixed time: a busy machine is only slower."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

LONG = 60.0  # seconds: far more than anything takes, also on a busy machine


def until(holds: Callable[[], object], seconds: float = LONG, pause: float = 0.01) -> None:
    """Return as soon as the condition is true. Raises AssertionError if it is not in time."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"still not so after {seconds:.0f} s"
        time.sleep(pause)


def is_awaited(lock: Path) -> bool:
    """Whether a process is blocked in flock(2) on this file (Linux: /proc/locks)."""
    inode = f":{lock.stat().st_ino} "
    waiting = [line for line in Path("/proc/locks").read_text().splitlines() if "-> FLOCK" in line]
    return any(inode in line for line in waiting)


def is_running(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> None:
    """Kill a process once it has used so much processor time, unless it has ended before.

    Not wall time: on a busy machine a command takes longer, but uses hardly more processor time.
    """
    used = Path(f"/proc/{process.pid}/schedstat")  # there until the process has been waited for

    def is_due() -> bool:
        return process.poll() is not None or int(used.read_text().split()[0]) >= seconds * 1e9

    until(is_due, pause=0.001)
    process.kill()


def fifo(path: Path) -> Path:
    """A named pipe: a program that reads it waits until the test opens it for writing."""
    os.mkfifo(path)
    return path
