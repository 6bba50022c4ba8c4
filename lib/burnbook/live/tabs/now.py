"""The window now: one sentence of judgement, the meters, the budget, and the last requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from burnbook.base.text import printable
from burnbook.budget import view as budget
from burnbook.budget.meter_status import MeterStatus
from burnbook.live.judgement import OLD, Bands, age, duration, sentence
from burnbook.live.picture import Picture, Room, Row, Shown, Span
from burnbook.live.requests import LastRequest, last_requests
from burnbook.live.scene import LiveScene
from burnbook.view.fit import columns_of, padded, shortened
from burnbook.view.parts import Line, Part, Table, Title, bar, near, number, percent

TITLE = "Now"
POSITION = 10
_REQUESTS = 30
_WARN, _BAD = 70, 90  # percent
_MOST_BAR, _LEAST_BAR = 40, 8


def values(scene: LiveScene) -> dict[str, Any]:
    """`judgement`, what `budget` shows, and `last_requests`."""
    facts = scene.budget
    last = last_requests(scene.ctx.book.root, scene.now, _REQUESTS)
    return {
        "window": scene.window,
        "judgement": sentence(facts.meters, _bands(scene), scene.now, scene.zone, scene.forecasts),
        "meters": facts.meters,
        "budget": facts.use,
        "budgets": facts.declared,
        "burn": {"until": facts.burn.until, "tokens_per_hour": facts.burn.rate},
        "projection": facts.projection,
        "rules": facts.verdicts,
        "last_requests": [row._asdict() for row in last],
    }


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """The sentence first; the requests are last, as many as have room."""
    facts = scene.budget
    head: list[Part | Picture] = [
        Line(values["judgement"], strong=True),
        _meters(facts.meters, scene, room),
        Line(""),
        *budget.parts(
            *(scene.facts, facts.use, facts.declared, facts.burn.rate, facts.projection),
            *((), facts.verdicts),
        ),
    ]
    last = [LastRequest(**row) for row in values["last_requests"]]
    return [*head, *_requests(last, scene)]


def _bands(scene: LiveScene) -> Bands:
    """The last point of each band: that at the reset."""
    rows = [row for row in scene.meters if row["kind"] == "band"]
    return {(row["account"], row["meter"]): (row["low"], row["high"]) for row in rows}


def _meters(meters: Sequence[MeterStatus], scene: LiveScene, room: Room) -> Picture:
    """A row for each meter; what does not fit is left out from the right."""
    names = [printable(f"{meter.account or meter.provider} {meter.meter}") for meter in meters]
    width = min(max(map(columns_of, names), default=0), max(12, room.columns // 3))
    names = [padded(shortened(name, width) or name[:width], width, "<") for name in names]
    notes = [_notes(meter, scene.now) for meter in meters]
    left = room.columns - width - 2 - 7
    full = max((columns_of("  ".join(each)) + 2 for each in notes), default=0)
    first = max((columns_of(each[0]) + 2 for each in notes), default=0)
    length = min(_MOST_BAR, max(left - full, min(left - first, _LEAST_BAR * 2), _LEAST_BAR))
    rows = [
        _row(meter, name, each, length, left, scene.now)
        for meter, name, each in zip(meters, names, notes, strict=True)
    ]
    return Picture(rows, _table(meters, scene))


def _row(
    meter: MeterStatus, name: str, notes: Sequence[str], length: int, left: int, now: datetime
) -> Row:
    """Name, bar, percentage and notes. An old reading is dim."""
    used, is_old = meter.used_percent, now - meter.captured_at > OLD
    style = "good" if used is None or used < _WARN else "warn" if used < _BAD else "bad"
    drawn = bar((used or 0) / 100, length)
    full = len(drawn.rstrip("░."))
    room, shown = left - length, ""
    for note in notes:
        if columns_of(f"{shown}  {note}") <= room:
            shown = f"{shown}  {note}"
    plain = "dim" if is_old else ""
    return [
        Span(name, plain),
        Span("  "),
        Span(drawn[:full], "dim" if is_old else style),
        Span(drawn[full:], "dim"),
        Span(f"{percent(used):>7}", plain or ("" if style == "good" else style)),
        Span(shown, plain),
    ]


def _notes(meter: MeterStatus, now: datetime) -> Sequence[str]:
    """The countdown, the age of the reading, and the rate: the most important first."""
    old = age(meter.captured_at, now)
    read = f"{old} old" if now - meter.captured_at > OLD else f"read {old} ago"
    if meter.used_percent is None:
        reason = "was reset since" if meter.reason == "reset-since" else "not shown"
        return (reason, read)
    rate = meter.per_hour
    notes = []
    if meter.resets_by is not None:
        word = "resets in" if meter.resets_at else "resets within"
        notes.append(f"{word} {duration(meter.resets_by - now)}")
    notes.append(read)
    if rate.low is not None and rate.high is not None:
        notes.append(f"{rate.low:.1f} to {rate.high:.1f}% an hour")
    return notes


def _table(meters: Sequence[MeterStatus], scene: LiveScene) -> Table | None:
    """The figures of the picture."""
    if not meters:
        return None
    rows = [
        (
            *(meter.account or meter.provider, meter.meter, percent(meter.used_percent)),
            *(near(meter.resets_by, scene.now, scene.zone), age(meter.captured_at, scene.now)),
        )
        for meter in meters
    ]
    return Table(("account", "meter", "used", "resets", "read ago"), rows, "<<><>")


def _requests(last: Sequence[LastRequest], scene: LiveScene) -> list[Part]:
    """The last requests, newest first."""
    if not last:
        return []
    head = ("at", "model", "new in", "cached", "out", "agent", "project")
    rows = [
        (
            *(near(row.ts, scene.now, scene.zone), row.model or row.tool),
            *map(number, (row.input_tokens, row.cached_tokens, row.output_tokens)),
            *(row.agent or "-", row.project or "-"),
        )
        for row in last
    ]
    return [Title("Last requests"), Table(head, rows, "<<>>><<")]
