"""Prints a line for an agent's prompt from its JSON input, and books meters that changed."""

import sys
from datetime import datetime, timedelta
from typing import Any

from burnbook.base.errors import BurnbookError, Busy, os_sentence
from burnbook.base.text import printable
from burnbook.config.accounts import given_home
from burnbook.context import Context, Result
from burnbook.meters import status_line
from burnbook.meters.status_line import StatusInput
from burnbook.meters.vendor_meters import OfficialMeters, ShownMeter, source
from burnbook.times import clock
from burnbook.view import levels, terminal
from burnbook.view.parts import Line
from burnbook.view.render import painted
from burnbook.windows import vendor_meters_store
from burnbook.windows.snapshot_index import snapshot_index

PROVIDER = "claude"
WAIT_SECONDS = 0.05
_MAX_INPUT = 1 << 20
_DAY = timedelta(days=1)
_SHORT = {"session": "5h", "week-all-models": "week"}


def run(ctx: Context, args: Any) -> Result:
    """Returns the line. Faults of the input or the book become notes."""
    now = clock.now()
    status = _status(ctx, now)
    shown, window, booked = status.shown, None, False
    try:
        window = _window(ctx, now)
        # A reset so long ago may mean that the clock is wrong.
        current = tuple(m for m in shown if m.resets_at is None or m.resets_at > now - _DAY)
        if current != shown:
            ctx.notes.append("meters whose reset was over a day ago are not booked")
        home = given_home(PROVIDER)
        booked = vendor_meters_store.of_line(ctx, PROVIDER, home, current, window, WAIT_SECONDS)
        known = vendor_meters_store.official_meters(ctx.store)
        shown = _newest(known, source(PROVIDER, home), shown)
    except Busy:
        ctx.notes.append("the book is busy; nothing booked this time")
    except BurnbookError as error:
        ctx.notes.append(f"nothing booked: {error}")
    except OSError as error:
        ctx.notes.append(os_sentence("nothing booked: system error", error))
    data = {
        "model": status.model,
        "context_percent": status.context_percent,
        "session": status.session,
        "window": window,
        "meters": [meter.meter for meter in shown],
        "booked": booked,
    }
    words = _words(status, shown, window, now)
    ready = None
    if args.format == "text" and terminal.has_color(args.color):
        ready = " | ".join(painted(text, levels.used(used)) for text, used in words) + "\n"
    return Result([Line(" | ".join(text for text, _ in words))], data, ready=ready)


def _status(ctx: Context, now: datetime) -> StatusInput:
    """Returns the values of the JSON object on stdin; without one, no values and a note."""
    try:
        data = b"" if not sys.stdin or sys.stdin.isatty() else sys.stdin.buffer.read(_MAX_INPUT + 1)
        if data.strip():
            return status_line.parse(data[:_MAX_INPUT], now)
        ctx.notes.append("no JSON on stdin; Claude Code provides it")
    except OSError as error:
        ctx.notes.append(os_sentence("cannot read stdin", error))
    except ValueError as error:
        ctx.notes.append(f"stdin is not JSON of a status line: {error}")
    return status_line.of({}, now)


def _window(ctx: Context, now: datetime) -> str | None:
    """Returns the window that is open now, the agent's own if it is in one."""
    index = snapshot_index(ctx)
    if not index.providers():
        return None
    from burnbook.windows import boundaries

    return next(iter(boundaries.open_windows(ctx.config, index, now, ctx.agent)), None)


def _newest(
    known: OfficialMeters, origin: str, shown: tuple[ShownMeter, ...]
) -> tuple[ShownMeter, ...]:
    """Returns the meters of a source, each from the session with the newest reading."""
    last = known.last.get(origin, {})
    return tuple(meter if known.is_current(origin, meter) else last[meter.name] for meter in shown)


def _words(
    status: StatusInput, shown: tuple[ShownMeter, ...], window: str | None, now: datetime
) -> list[tuple[str, float | None]]:
    """Returns each part of the line, with its percentage if it has one."""
    words: list[tuple[str, float | None]] = [(printable(status.model or "burnbook"), None)]
    if status.context_percent is not None:
        words.append((f"context {status.context_percent:.0f}%", status.context_percent))
    for meter in shown:
        words.append((_meter_text(meter, now), meter.used_percent))
    return [*words, (window, None)] if window else words


def _meter_text(meter: ShownMeter, now: datetime) -> str:
    name = _SHORT.get(meter.name, meter.name)
    if meter.resets_at is not None and meter.resets_at <= now:
        return f"{name} was reset"
    used = "?" if meter.used_percent is None else f"{meter.used_percent:.0f}%"
    if meter.resets_at is None:
        return f"{name} {used}"
    return f"{name} {used} ({clock.span((meter.resets_at - now).total_seconds())})"
