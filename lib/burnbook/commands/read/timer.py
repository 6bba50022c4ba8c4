"""Counts down to a window's reset and to the end of the lag buffer after it."""

import os
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from burnbook.base.errors import Missing
from burnbook.context import Context, Result
from burnbook.times import clock
from burnbook.view.parts import Line, moment
from burnbook.windows import boundaries
from burnbook.windows.current import wanted
from burnbook.windows.snapshot_index import snapshot_index

_CLEAR = "\r\033[K"
_SECOND = timedelta(seconds=1)


def run(ctx: Context, args: Any) -> Result:
    """Returns one line; on a terminal, updates it each second until both moments have passed."""
    window = wanted(ctx, args.window)
    ends = boundaries.of(ctx.config, snapshot_index(ctx), window).ends_at
    if ends is None:
        raise Missing(
            f"the end of {window} is unknown: it has no BEFORE, and no `ends` in windows.toml; "
            f"`start PROVIDER {window}` books BEFORE"
        )
    settles = ends + ctx.config.windows.lag
    if args.format == "text" and sys.stdout.isatty():
        _count(ctx, window, ends, settles)
    now = clock.now()
    data = {
        "window": window,
        "now": now,
        "ends_at": ends,
        "ends_in_seconds": (ends - now).total_seconds(),
        "settles_at": settles,
        "settles_in_seconds": (settles - now).total_seconds(),
    }
    if args.format == "text" and sys.stdout.isatty():
        return Result([], data)  # the last line is still on the terminal
    return Result([Line(_line(ctx, window, ends, settles, now), strong=True)], data)


def _count(ctx: Context, window: str, ends: datetime, settles: datetime) -> None:
    # The wall clock, not a counter of seconds, so that it is right after a sleep.
    start, real = clock.now(), clock.wall_clock()
    try:
        while True:
            now = start + (clock.wall_clock() - real)
            line = _line(ctx, window, ends, settles, now)[: _width()]
            sys.stdout.write(f"{_CLEAR}{line}")
            sys.stdout.flush()
            if now >= settles:
                return
            time.sleep(1 - now.microsecond / 1e6)
    finally:
        sys.stdout.write("\n")


def _line(ctx: Context, window: str, ends: datetime, settles: datetime, now: datetime) -> str:
    parts = [_until(ctx, f"{window} ends", f"{window} ended", ends, now)]
    parts.append(_until(ctx, "panes settle", "panes have settled since", settles, now))
    return "; ".join(parts)


def _until(ctx: Context, coming: str, past: str, at: datetime, now: datetime) -> str:
    shown = moment(at, ctx.config.zone)
    if now >= at:
        return f"{past} {shown}"
    # Rounded up, so that the last second is 1s.
    return f"{coming} {shown}, in {clock.span(-((now - at) // _SECOND))}"


def _width() -> int:
    """Returns the number of characters that fit on a line."""
    try:
        return max(20, os.get_terminal_size(sys.stdout.fileno()).columns - 1)
    except OSError:
        return 79
