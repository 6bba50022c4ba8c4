"""Lists every window, newest first."""

from typing import Any

from burnbook.base.errors import UsageError
from burnbook.context import Context, Result, note_damage
from burnbook.overview import view
from burnbook.overview.windows import window_lines
from burnbook.times import clock
from burnbook.times.days import parse_day


def run(ctx: Context, args: Any) -> Result:
    """Shows the windows that are declared or in the book. Writes no row."""
    if args.limit is not None and args.limit < 1:
        raise UsageError(f"--limit is {args.limit}; valid: 1 or more")
    now, zone = clock.now(), ctx.config.zone
    today = clock.to_wall(now, zone).date()
    since = None if args.since is None else parse_day("--since", args.since, today)
    lines = window_lines(ctx, since, args.limit)
    note_damage(ctx)
    data = {"timezone": ctx.config.windows.timezone, "windows": view.data(lines)}
    ready = view.csv(lines) if args.format == "csv" else None
    return Result(view.parts(lines, now, zone), data, ready=ready)
