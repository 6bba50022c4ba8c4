"""A progress bar on a terminal."""

import os
import stat
import sys
import time
from collections.abc import Callable

from burnbook.view.parts import bar


def shown(handle: int, offset: int) -> Callable[[int], None]:
    """Returns a function to call with the bytes of each chunk.

    It updates one line on stderr, from one second on, if stderr is a terminal.
    """
    if not sys.stderr.isatty():
        return lambda _: None
    status = os.fstat(handle)
    total = status.st_size - offset if stat.S_ISREG(status.st_mode) else 0
    started = time.monotonic()
    done = 0

    def update(more: int) -> None:
        nonlocal done
        done += more
        if time.monotonic() - started < 1:
            return
        if total and done >= total:
            sys.stderr.write("\r\033[K")
        elif total:
            sys.stderr.write(f"\r{bar(done / total, 30)} {100 * done / total:.0f}%\033[K")
        else:
            sys.stderr.write(f"\r{done >> 20} MiB\033[K")
        sys.stderr.flush()

    return update
