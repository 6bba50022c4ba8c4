"""Each meter over the last days, and where it may be until its reset."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from burnbook.base.text import plural, printable
from burnbook.live.judgement import OLD, age
from burnbook.live.picture import Picture, Room, Row, Shown, Span
from burnbook.live.scene import METER_DAYS, LiveScene
from burnbook.live.stacks import Column, axis, stacks
from burnbook.times import clock
from burnbook.view.fit import columns_of
from burnbook.view.parts import Line, Table, near, percent

TITLE = "Meters"
POSITION = 40
_LABEL = 5
_BAND = 0.2  # of the width at most, for what is to come
_WARN, _BAD = 70, 90  # percent


def values(scene: LiveScene) -> dict[str, Any]:
    """`meters`: the rows of the report's dataset `meters`; `reset`: those that were reset since."""
    reset = {
        f"{meter.account} {meter.meter}": meter.resets_by
        for meter in scene.budget.meters
        if meter.reason == "reset-since"
    }
    return {"meters": scene.meters, "reset": reset}


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """A picture for each meter: its newest reading, the past, and the band to come."""
    meters: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in values["meters"]:
        meters[row["name"]].append(row)
    if not meters:
        line = f"No meter was read in the last {METER_DAYS} days"
        return [Line(f"{line}; `start PROVIDER` books what a pane shows", strong=True)]
    has_band = any(row["kind"] == "band" for row in values["meters"])
    span = _span(scene, room.columns - _LABEL, has_band=has_band)
    height = min(6, max(2, (room.rows - 2) // len(meters) - 3))
    head = f"{plural(len(meters), 'meter')}, {METER_DAYS} days"
    if has_band:
        head += "; the pale columns are to come: at least, at most"
    reset = values["reset"]
    pictures = [
        _picture(name, rows, height, span, reset.get(_key(rows[0])), scene, room)
        for name, rows in meters.items()
    ]
    return [Line(head, strong=True), *pictures]


class _Span(NamedTuple):
    """The time of the columns: `past` of them before now, `future` after it."""

    began: datetime
    step: timedelta
    past: int
    future: int

    def column(self, moment: datetime) -> int:
        return int((moment - self.began) / self.step)


def _span(scene: LiveScene, columns: int, *, has_band: bool) -> _Span:
    future = int(columns * _BAND) if has_band else 0
    began = scene.now - timedelta(days=METER_DAYS)
    return _Span(began, (scene.now - began) / (columns - future), columns - future, future)


def _picture(
    name: str,
    rows: Sequence[dict[str, Any]],
    height: int,
    span: _Span,
    reset: datetime | None,
    scene: LiveScene,
    room: Room,
) -> Picture:
    points = [(_moment(row, scene), row["used"]) for row in rows if row["kind"] == "value"]
    band = [(_moment(row, scene), row["low"], row["high"]) for row in rows if row["kind"] == "band"]
    marks = [
        (_moment(row, scene), row["kind"]) for row in rows if row["kind"] in ("before", "after")
    ]
    read_at, used = points[-1]
    old = age(read_at, scene.now)
    if reset is not None:
        now, note = [Span("  -", "dim")], f"  was reset since, read {old} ago"
    else:
        now, note = [Span(f"  {percent(used)}", _style(used))], f"  read {old} ago"
        note = f"  {old} old" if scene.now - read_at > OLD else note
    if band:
        at, low, high = band[-1]
        least, most = round(low), round(high)
        to_come = f"; {most}%" if least == most else f"; {least} to {most}%"
        more = f"{to_come} at its reset {near(at, scene.now, scene.zone)}"
        has_room = columns_of(f"{printable(name)}  100%{note}{more}") <= room.columns
        note += more if has_room else f"{to_come} at reset"
    labels = ["100%", *[""] * (height - 2), "0%"]
    columns = [*_past(points, span, reset, scene.now), *_future(band, scene.now, span)]
    drawn = [
        [Span(f"{label:>{_LABEL - 1}} ", "dim"), *row]
        for label, row in zip(labels, stacks(columns, 100, height, room), strict=True)
    ]
    title = [Span(printable(name), "title"), *now, Span(note, "dim")]
    shown = (printable(name), "-" if reset else percent(used), near(read_at, scene.now, scene.zone))
    return Picture(
        [title, *drawn, _axis(span, marks, scene, room)],
        Table(("meter", "used", "read at"), [shown], "<><"),
    )


def _past(
    points: Sequence[tuple[datetime, float]], span: _Span, reset: datetime | None, now: datetime
) -> list[Column]:
    """The greatest value of each column; a column without a reading has the value before it.

    Old readings are dim, and the value after a reset is unknown.
    """
    result: list[Column] = []
    value: float | None = None
    at = 0
    for n in range(span.past):
        ends = span.began + span.step * (n + 1)
        seen = []
        while at < len(points) and points[at][0] <= ends:
            seen.append(points[at][1])
            at += 1
        shown = max(seen or ([] if value is None else [value]), default=None)
        value = seen[-1] if seen else value
        is_old = at == len(points) and not seen and now - points[-1][0] > OLD
        is_known = shown is not None and not (reset and ends > reset)
        result.append([("dim" if is_old else _style(shown), shown)] if is_known and shown else [])
    return result


def _future(
    band: Sequence[tuple[datetime, float, float]], now: datetime, span: _Span
) -> list[Column]:
    """The least that will be used, and above it the most."""
    result: list[Column] = []
    for n in range(span.future):
        later = [each for each in band if each[0] >= now + span.step * n]
        result.append([("h4", later[0][1]), ("h1", later[0][2] - later[0][1])] if later else [])
    return result


def _axis(span: _Span, marks: Sequence[tuple[datetime, str]], scene: LiveScene, room: Room) -> Row:
    """The days; a mark where BEFORE or AFTER of a window was taken."""
    labels = []
    day = clock.to_wall(span.began, scene.zone).date() + timedelta(days=1)
    for _ in range(2 * METER_DAYS):
        midnight = clock.to_utc(datetime(day.year, day.month, day.day), scene.zone)
        labels.append((_LABEL + span.column(midnight) + 1, f"{day:%m-%d}"))
        day += timedelta(days=1)
    [text] = axis(labels, room.columns)
    row = list(text.text.ljust(room.columns))
    before, after = "▲▼" if room.has_blocks else "^v"
    for at, kind in marks:
        place = _LABEL + span.column(at)
        if 0 <= place < room.columns and row[place] == " ":
            row[place] = before if kind == "before" else after
    return [Span("".join(row), "dim")]


def _style(used: float) -> str:
    return "good" if used < _WARN else "warn" if used < _BAD else "bad"


def _key(row: dict[str, Any]) -> str:
    return f"{row['account']} {row['meter']}"


def _moment(row: dict[str, Any], scene: LiveScene) -> datetime:
    """The moment of a row, whose `at` is wall time."""
    return clock.to_utc(datetime.fromisoformat(row["at"]), scene.zone)
