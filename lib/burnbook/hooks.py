"""Runs a hook: an argv array, no shell, no input, its output dropped, a time limit.

Never call it with a lock held.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence

from burnbook.budgetspec import PLACEHOLDER
from burnbook.escape import printable

_GRACE = 1.0


def filled(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The argv with the values in place of their `{name}`, each item still one item."""

    def value(match: re.Match[str]) -> str:
        return printable(values[match[1]])

    return [command[0], *(PLACEHOLDER.sub(value, word) for word in command[1:])]


def run(argv: Sequence[str], timeout: float) -> str | None:
    """Run it to its end. None where it succeeded, else what went wrong."""
    shown = os.path.basename(argv[0])
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"the hook {shown!r} cannot be run: {getattr(error, 'strerror', None) or error}"
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        return f"the hook {shown!r} did not finish in {timeout:g} s"
    finally:
        _end(process)
    return f"the hook {shown!r} failed with exit code {code}" if code else None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of its process group, gently and then not."""
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
