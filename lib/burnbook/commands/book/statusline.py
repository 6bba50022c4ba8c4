"""Prints a line for an agent's prompt from its JSON input, and books meters that changed."""

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from burnbook.base.errors import BurnbookError, Busy, os_sentence
from burnbook.book.joined.store_file import has_journal
from burnbook.config.accounts import given_home
from burnbook.config.settings import Settings
from burnbook.context import Context, Result, skipped
from burnbook.insight.forecast import kept as kept_forecasts
from burnbook.meters import status_line
from burnbook.meters.status_line import StatusInput
from burnbook.meters.vendor_meters import OfficialMeters, ShownMeter, source
from burnbook.prompt import kept, line
from burnbook.prompt import status as status_input
from burnbook.times import clock
from burnbook.view import terminal
from burnbook.view.parts import Line
from burnbook.windows import vendor_meters_store
from burnbook.windows.snapshot_index import snapshot_index

PROVIDER = "claude"
WAIT_SECONDS = 0.05
_DAY = timedelta(days=1)


def run(ctx: Context, args: Any) -> Result:
    """Returns the line. Faults of the input or the book become notes."""
    now = clock.now()
    data = _input(ctx)
    settings = Settings(str(ctx.book.root), ctx.config.root, ctx.agent)
    key = None if args.at else _key(settings, data)  # before anything is read that it depends on
    status = _status(ctx, data, now)
    shown, window, booked = status.shown, None, False
    known = OfficialMeters()
    origin = source(PROVIDER, home := given_home(PROVIDER))
    try:
        window = _window(ctx, now)
        # A reset so long ago may mean that the clock is wrong.
        current = tuple(m for m in shown if m.resets_at is None or m.resets_at > now - _DAY)
        if current != shown:
            ctx.notes.append("meters whose reset was over a day ago are not booked")
        booked = vendor_meters_store.of_line(ctx, PROVIDER, home, current, window, WAIT_SECONDS)
        known = vendor_meters_store.official_meters(ctx.store)
        shown = _newest(known, origin, shown)
    except Busy:
        ctx.notes.append("the book is busy; nothing booked this time")
    except BurnbookError as error:
        ctx.notes.append(f"nothing booked: {error}")
    except OSError as error:
        ctx.notes.append(os_sentence("nothing booked: system error", error))
    forecasts = kept_forecasts.load(str(ctx.book.root), now)
    runs_out = kept_forecasts.of_source(forecasts, (home, ctx.agent), shown)
    meters = [
        (
            *(each.name, each.used_percent),
            each.resets_at.timestamp() if each.resets_at else None,
            runs_out.get(each.name),
        )
        for each in shown
    ]
    if key is not None and key.is_settled and not booked and _is_faultless(ctx):
        changes = _changes(ctx, (*status.shown, *known.last.get(origin, {}).values()), now)
        changes += [row.computed_at + kept_forecasts.FRESH for row in forecasts]
        until = min((each.timestamp() for each in changes if each > now), default=float("inf"))
        kept.keep(settings, key, kept.Answer(meters, window), now.timestamp(), until)
    words = line.words(status.model, status.context_percent, meters, window, now.timestamp())
    ready = None
    if args.format == "text" and terminal.has_color(args.color):
        ready = f"{line.colored(words)}\n"
    result = {
        "model": status.model,
        "context_percent": status.context_percent,
        "session": status.session,
        "window": window,
        "meters": [meter.meter for meter in shown],
        "booked": booked,
        "runs_out": runs_out,
    }
    return Result([Line(line.plain(words))], result, ready=ready)


def _input(ctx: Context) -> bytes:
    try:
        return b"" if not sys.stdin or sys.stdin.isatty() else status_input.read_input()
    except OSError as error:
        ctx.notes.append(os_sentence("cannot read stdin", error))
        return b""


def _key(settings: Settings, data: bytes) -> kept.Key | None:
    """Returns the key of the answer; None if the answer cannot be kept."""
    whole = status_input.parse(data)
    try:
        return None if whole is None else kept.Key(settings, whole)
    except OSError:
        return None


def _is_faultless(ctx: Context) -> bool:
    """Whether there is nothing to say about the input and the book; and there is a book."""
    counts = skipped(ctx)
    return not (ctx.notes or counts.newer or counts.duplicates) and has_journal(str(ctx.book.root))


def _changes(ctx: Context, meters: Iterable[ShownMeter], now: datetime) -> list[datetime]:
    """Returns the moments at which time alone may change the answer, and what is booked."""
    from burnbook.windows import boundaries

    moments = [boundaries.next_change(ctx.config, snapshot_index(ctx), now)]
    for meter in meters:
        moments.append(meter.captured_at)
        if meter.resets_at is not None:
            moments += [meter.resets_at, meter.resets_at + _DAY]
    return [moment for moment in moments if moment is not None]


def _status(ctx: Context, data: bytes, now: datetime) -> StatusInput:
    """Returns the values of the JSON object on stdin; without one, no values and a note."""
    if not data.strip():
        if not ctx.notes:
            ctx.notes.append("no JSON on stdin; Claude Code provides it")
        return status_line.of({}, now)
    try:
        return status_line.parse(data[: status_input.MAX_INPUT], now)
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
