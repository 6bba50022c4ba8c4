"""Runs a configured command, bounded, and gives back its text.

The command is an argv array: no shell reads it. It gets no input, a time limit, a limit on what it
may print, and a process group of its own, which is ended with it.

A recipe that captures runs twice: first without a lock and with BURNBOOK_PASS=capture, when the
text is put into $BURNBOOK_CAPTURED, then with the lock and BURNBOOK_PASS=book, when it is taken
from there. So no capture ever runs under a lock.
"""

import os
import signal
import subprocess
import time

from burnbook import files
from burnbook.errors import IOFault, Missing, os_sentence

MAX_OUTPUT = 1 << 20
_GRACE = 2.0


def run(argv: tuple[str, ...], timeout: float) -> bytes:
    """What the command printed on stdout. Raises Missing, or IOFault where it failed."""
    shown = " ".join(argv)
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise Missing(f"the capture command {argv[0]!r} is not on PATH") from None
    except OSError as error:
        raise IOFault(os_sentence(f"cannot run the capture command {shown!r}", error)) from None
    try:
        return _read(process, shown, timeout)
    finally:
        _end(process)


def _read(process: subprocess.Popen[bytes], shown: str, timeout: float) -> bytes:
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    handle = process.stdout.fileno()
    os.set_blocking(handle, False)
    import select

    blocks, total = [], 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise IOFault(f"the capture command {shown!r} did not finish in {timeout:g} s")
        block = os.read(handle, 1 << 16)
        if not block:
            break
        blocks.append(block)
        total += len(block)
        if total > MAX_OUTPUT:
            raise IOFault(f"the capture command {shown!r} printed more than {MAX_OUTPUT} bytes")
    try:
        code = process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise IOFault(f"the capture command {shown!r} did not finish in {timeout:g} s") from None
    if code != 0:
        raise IOFault(f"the capture command {shown!r} failed with exit code {code}")
    return b"".join(blocks)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group, gently and then not; what it left behind must not linger."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def two_pass(name: str, argv: tuple[str, ...], timeout: float) -> bytes | None:
    """`run`, or under a recipe its first or second half; None after the first half."""
    place, half = os.environ.get("BURNBOOK_CAPTURED"), os.environ.get("BURNBOOK_PASS")
    if not place or half not in ("capture", "book"):
        return run(argv, timeout)
    kept = os.path.join(place, f"{name}.pane")
    if half == "capture":
        files.replace(kept, run(argv, timeout), durable=False)
        return None
    text = files.read_bytes(kept)
    if text is None:
        raise Missing(f"nothing was captured for {name}")
    return text
