"""A line for an agent's prompt out of the JSON that it pipes in; books the meters that changed."""

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
from burnbook.meters.vendor_meters import Official, Shown
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


class Told(NamedTuple):
    """What the JSON tells; None and nothing where it does not."""

    model: str | None
    context_percent: float | None
    session: str | None
    shown: tuple[Shown, ...]


def run(ctx: Context, args: Any) -> Result:
    """The line, whatever is wrong with the JSON or the book; what is, is a note."""
    now = clock.now()
    told = _told(ctx, now)
    shown, window, booked = told.shown, None, False
    try:
        window = _window(ctx, now)
        current = tuple(one for one in shown if not _is_long_past(one, now))
        if current != shown:
            ctx.notes.append("meters that were reset over a day ago are not booked")
        booked = vendor_meters_store.of_line(ctx, PROVIDER, current, window, WAIT_SECONDS)
        shown = _newest(vendor_meters_store.official_meters(ctx.store), shown)
    except Busy:
        ctx.notes.append("the book is busy; nothing booked this time")
    except BurnbookError as error:
        ctx.notes.append(f"nothing booked: {error}")
    except OSError as error:
        ctx.notes.append(os_sentence("nothing booked: the system refused", error))
    data = {
        "model": told.model,
        "context_percent": told.context_percent,
        "session": told.session,
        "window": window,
        "meters": [one.meter for one in shown],
        "booked": booked,
    }
    words = _words(told, shown, window, now)
    ready = None
    if args.colour and args.format == "text":
        ready = " | ".join(_painted(text, percent) for text, percent in words) + "\n"
    return Result([Line(" | ".join(text for text, _ in words))], data, ready=ready)


def _told(ctx: Context, now: datetime) -> Told:
    whole = _input(ctx)
    model = _inside(whole, "model")
    name = _text(model.get("display_name")) or _text(model.get("id")) or _text(whole.get("model"))
    session = whole.get("session_id")
    session = session if isinstance(session, str) and ids.valid(session) else None
    used = rate_limits.percent(_inside(whole, "context_window").get("used_percentage"))
    limits = rate_limits.claude(whole.get("rate_limits"))
    shown = tuple(
        Shown(one.name, one.used_percent, one.window_minutes, one.resets_at, now, session)
        for one in limits.meters
    )
    return Told(name, used, session, shown)


def _input(ctx: Context) -> Mapping[str, Any]:
    """The object on stdin; an empty one where there is none, with a note."""
    try:
        data = b"" if not sys.stdin or sys.stdin.isatty() else sys.stdin.buffer.read(_MAX_INPUT + 1)
    except OSError as error:
        ctx.notes.append(os_sentence("cannot read stdin", error))
        return {}
    if not data.strip():
        ctx.notes.append("no JSON on stdin; Claude Code pipes it in")
        return {}
    try:
        whole = msgspec.json.decode(data[:_MAX_INPUT])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        ctx.notes.append(f"stdin is not JSON of a status line: {error}")
        return {}
    if not isinstance(whole, dict):
        ctx.notes.append(
            f"stdin is not JSON of a status line: it is no object, but {quoted(whole, 40)}"
        )
        return {}
    return whole


def _inside(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = whole.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    return " ".join(value.split())[:_MAX_NAME] or None if isinstance(value, str) else None


def _window(ctx: Context, now: datetime) -> str | None:
    """The window that the agent is in, of this provider or else of the one booked last."""
    index = snapshot_index(ctx)
    if not index.providers():
        return None
    from burnbook.windows import boundaries

    found = index.latest(ctx.agent, PROVIDER)
    if found is None:
        return None
    ends = boundaries.of(ctx.config, index, found).ends_at
    return found if ends is not None and now < ends else None


def _is_long_past(one: Shown, now: datetime) -> bool:
    """Whether its reset is so long past that the clock may be wrong; later ones would not count."""
    return one.resets_at is not None and one.resets_at <= now - _DAY


def _newest(known: Official, shown: tuple[Shown, ...]) -> tuple[Shown, ...]:
    """What is shown, but for meters that another session knows better."""
    last = known.last.get(PROVIDER, {})
    return tuple(one if known.is_told(PROVIDER, one) else last[one.name] for one in shown)


def _words(
    told: Told, shown: tuple[Shown, ...], window: str | None, now: datetime
) -> list[tuple[str, float | None]]:
    """Each part of the line, with its percentage where it is one."""
    words: list[tuple[str, float | None]] = [(printable(told.model or "burnbook"), None)]
    if told.context_percent is not None:
        words.append((f"context {told.context_percent:.0f}%", told.context_percent))
    for one in shown:
        words.append((_meter(one, now), one.used_percent))
    return [*words, (window, None)] if window else words


def _meter(one: Shown, now: datetime) -> str:
    name = _SHORT.get(one.name, one.name)
    if one.resets_at is not None and one.resets_at <= now:
        return f"{name} was reset"
    used = "?" if one.used_percent is None else f"{one.used_percent:.0f}%"
    if one.resets_at is None:
        return f"{name} {used}"
    return f"{name} {used} ({clock.span((one.resets_at - now).total_seconds())})"


def _painted(text: str, percent: float | None) -> str:
    for level, paint in _LEVELS:
        if percent is not None and percent >= level:
            return f"{paint}{text}{_PLAIN}"
    return text
