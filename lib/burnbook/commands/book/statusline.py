"""Prints a line for an agent's prompt from its JSON input, and books meters that changed."""

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from burnbook.base import ids
from burnbook.base.clean_text import quoted
from burnbook.base.errors import BurnbookError, Busy, os_sentence
from burnbook.base.text import printable
from burnbook.context import Context, Result
from burnbook.meters import rate_limits
from burnbook.meters.vendor_meters import OfficialMeters, ShownMeter
from burnbook.times import clock
from burnbook.view.parts import Line
from burnbook.windows import vendor_meters_store
from burnbook.windows.snapshot_index import snapshot_index

PROVIDER = "claude"
WAIT_SECONDS = 0.05
_MAX_INPUT = 1 << 20
_MAX_NAME = 40
_DAY = timedelta(days=1)
_SHORT = {"session": "5h", "week-all-models": "week"}
_LEVELS = ((90.0, "\033[31m"), (70.0, "\033[33m"))
_PLAIN = "\033[0m"


class StatusInput(NamedTuple):
    """The values of the JSON input; None or empty if it does not have them."""

    model: str | None
    context_percent: float | None
    session: str | None
    shown: tuple[ShownMeter, ...]


def run(ctx: Context, args: Any) -> Result:
    """Returns the line. Faults of the input or the book become notes."""
    now = clock.now()
    status = _status(ctx, now)
    shown, window, booked = status.shown, None, False
    try:
        window = _window(ctx, now)
        current = tuple(meter for meter in shown if not _is_long_past(meter, now))
        if current != shown:
            ctx.notes.append("meters whose reset was over a day ago are not booked")
        booked = vendor_meters_store.of_line(ctx, PROVIDER, current, window, WAIT_SECONDS)
        shown = _newest(vendor_meters_store.official_meters(ctx.store), shown)
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
    if args.colour and args.format == "text":
        ready = " | ".join(_painted(text, percent) for text, percent in words) + "\n"
    return Result([Line(" | ".join(text for text, _ in words))], data, ready=ready)


def _status(ctx: Context, now: datetime) -> StatusInput:
    whole = _input(ctx)
    model = _inside(whole, "model")
    name = _text(model.get("display_name")) or _text(model.get("id")) or _text(whole.get("model"))
    session = whole.get("session_id")
    session = session if isinstance(session, str) and ids.valid(session) else None
    used = rate_limits.percent(_inside(whole, "context_window").get("used_percentage"))
    limits = rate_limits.claude(whole.get("rate_limits"))
    shown = tuple(
        ShownMeter(each.name, each.used_percent, each.window_minutes, each.resets_at, now, session)
        for each in limits.meters
    )
    return StatusInput(name, used, session, shown)


def _input(ctx: Context) -> Mapping[str, Any]:
    """Returns the JSON object on stdin; without one, an empty object and a note."""
    try:
        data = b"" if not sys.stdin or sys.stdin.isatty() else sys.stdin.buffer.read(_MAX_INPUT + 1)
    except OSError as error:
        ctx.notes.append(os_sentence("cannot read stdin", error))
        return {}
    if not data.strip():
        ctx.notes.append("no JSON on stdin; Claude Code provides it")
        return {}
    try:
        whole = msgspec.json.decode(data[:_MAX_INPUT])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        ctx.notes.append(f"stdin is not JSON of a status line: {error}")
        return {}
    if not isinstance(whole, dict):
        ctx.notes.append(
            f"stdin is not JSON of a status line: not an object but {quoted(whole, 40)}"
        )
        return {}
    return whole


def _inside(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = whole.get(key)
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return " ".join(value.split())[:_MAX_NAME] or None if isinstance(value, str) else None


def _window(ctx: Context, now: datetime) -> str | None:
    """Returns the agent's current window of this provider, else of the one booked last."""
    index = snapshot_index(ctx)
    if not index.providers():
        return None
    from burnbook.windows import boundaries

    window = index.latest(ctx.agent, PROVIDER)
    if window is None:
        return None
    ends = boundaries.of(ctx.config, index, window).ends_at
    return window if ends is not None and now < ends else None


def _is_long_past(meter: ShownMeter, now: datetime) -> bool:
    """Returns whether a reset is so long ago that the clock may be wrong."""
    return meter.resets_at is not None and meter.resets_at <= now - _DAY


def _newest(known: OfficialMeters, shown: tuple[ShownMeter, ...]) -> tuple[ShownMeter, ...]:
    """Returns the meters, each from the session with the newest reading."""
    last = known.last.get(PROVIDER, {})
    return tuple(
        meter if known.is_current(PROVIDER, meter) else last[meter.name] for meter in shown
    )


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


def _painted(text: str, percent: float | None) -> str:
    for level, paint in _LEVELS:
        if percent is not None and percent >= level:
            return f"{paint}{text}{_PLAIN}"
    return text
