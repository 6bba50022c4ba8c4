"""Tokens by day and model, and heat maps of the days of a year and of the hours of a week."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from burnbook.base.text import printable
from burnbook.live.heat import heat
from burnbook.live.picture import Picture, Room, Row, Shown, Span, compact
from burnbook.live.scene import YEAR, LiveScene
from burnbook.live.stacks import axis, stacks
from burnbook.report.usage_facts import DIMENSIONS
from burnbook.view.fit import padded, shortened
from burnbook.view.parts import Line, Table, number, percent

TITLE = "Days"
POSITION = 20
_MODEL = DIMENSIONS.index("model")
_LABEL = 6  # columns of the labels at the left
_SERIES = 6
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def values(scene: LiveScene) -> dict[str, Any]:
    """`days`: tokens and USD of each day, and its tokens by model; `hours`: those of the week."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    usd: dict[str, float] = defaultdict(float)
    requests: Counter[str] = Counter()
    for day in scene.usage.days:
        days[day.day][day.names[_MODEL]] += day.counts.total
        usd[day.day] += day.usd.known or 0.0
        requests[day.day] += day.counts.requests
    hours = [0] * 168
    for hour in scene.usage.hours:
        hours[hour.hour] += hour.tokens
    return {
        "days": [
            {
                **{"day": day, "tokens": models.total(), "usd": usd[day]},
                **{"requests": requests[day], "models": dict(models)},
            }
            for day, models in sorted(days.items())
        ],
        "hours": hours,
    }


def show(values: dict[str, Any], scene: LiveScene, room: Room) -> Shown:
    """Today's figures, the columns with their legend, and the heat maps."""
    by_day = {date.fromisoformat(row["day"]): row for row in values["days"]}
    if not by_day:
        return [Line("No requests of agents yet; `ingest` books them", strong=True)]
    slot = min(5, max(2, (room.columns - _LABEL) // 30))
    count = (room.columns - _LABEL) // slot
    days = [scene.today - timedelta(days=n) for n in range(count - 1, -1, -1)]
    shown = [by_day[day] for day in days if day in by_day]
    totals: Counter[str] = Counter()
    for row in shown:
        totals.update(row["models"])
    order = [name for name, _ in totals.most_common()]
    today = by_day.get(scene.today, {"tokens": 0, "usd": 0.0, "requests": 0})
    head = f"Today {number(today['tokens'])} tokens for {today['usd']:,.2f} USD; "
    head += f"{compact(totals.total())} in {count} days"
    legend = _legend(order[:_SERIES], totals, room)
    left = room.rows - len(legend) - 10  # head, axis, one heat map, and empty rows
    columns = _columns(days, by_day, order, slot, max(6, min(24, left)), room)
    return [
        Line(head, strong=True),
        Picture([*columns, *legend], _table(totals)),
        *_heats(values, by_day, scene, room),
    ]


def _columns(
    days: Sequence[date],
    by_day: dict[date, Any],
    order: list[str],
    slot: int,
    height: int,
    room: Room,
) -> list[Row]:
    """A column for each day, split by model."""
    amounts = [_column(by_day.get(day), order) for day in days]
    top = max((sum(amount for _, amount in column) for column in amounts), default=0)
    cells = stacks(amounts, top, height, room)
    middle = height // 2
    labels = {0: compact(top), height - 1: "0"}
    if height > 4:
        labels[middle] = compact(top * (height - middle) / height)
    lines: list[Row] = [
        [
            Span(f"{labels.get(at, ''):>{_LABEL - 1}} ", "dim"),
            *_spread(row, slot),
        ]
        for at, row in enumerate(cells)
    ]
    marks = [
        (_LABEL + at * slot, f"{day:%m-%d}") for at, day in enumerate(days) if not day.weekday()
    ]
    return [*lines, axis(marks, room.columns)]


def _spread(row: Sequence[Span], slot: int) -> list[Span]:
    """Each cell as wide as its slot without a gap behind it."""
    spans = []
    for cell in row:
        spans += [Span(cell.text * (slot - 1), cell.style, cell.on), Span(" ")]
    return spans


def _column(row: Any, order: Sequence[str]) -> list[tuple[str, float]]:
    if row is None:
        return []
    named = [(f"s{at}", row["models"].get(name, 0)) for at, name in enumerate(order[:_SERIES])]
    other = row["tokens"] - sum(amount for _, amount in named)
    return [*named, ("other", other)]


def _legend(names: Sequence[str], totals: Counter[str], room: Room) -> list[Row]:
    """The models with their color, tokens and share, in as many columns as have room."""
    whole = totals.total()
    entries = [(f"s{at}", name, totals[name]) for at, name in enumerate(names)]
    if rest := whole - sum(tokens for *_, tokens in entries):
        entries.append(("other", "other", rest))
    each = 2 if room.columns >= 76 else 1
    width = room.columns // each
    mark = "██" if room.has_blocks else "##"
    cells = []
    for style, name, tokens in entries:
        figures = f" {compact(tokens):>5} {percent(round(100 * tokens / whole, 1)):>6}  "
        space = min(36, width - len(figures) - 3)
        shown = printable(name)
        shown = padded(shortened(shown, space) or shown[:space], space, "<")
        text = f" {shown}{figures}"
        cells.append([Span(mark, style), Span(text), Span(" " * (width - len(text) - 2))])
    lines = -(-len(cells) // each)
    return [[s for cell in cells[at::lines] for s in cell] for at in range(lines)]


def _table(totals: Counter[str]) -> Table:
    rows = [(name, number(tokens)) for name, tokens in totals.most_common()]
    return Table(("model", "tokens"), rows, "<>")


def _heats(
    values: dict[str, Any], by_day: dict[date, Any], scene: LiveScene, room: Room
) -> list[Line | Picture]:
    """The heat map of the days, and that of the hours beside it or below it."""
    weeks = min(YEAR // 7, room.columns - 5)
    if room.columns >= 5 + weeks + 4 + 5 + 48:
        year, week = _year(by_day, scene.today, weeks, room), _week(values["hours"], room)
        space = 5 + weeks + 4
        joined = [
            [*left, *_gap(left, space), *right] for left, right in zip(year, week, strict=True)
        ]
        return [Picture(joined)]
    return [
        Picture(_year(by_day, scene.today, weeks, room)),
        Picture(_week(values["hours"], room)),
    ]


def _gap(row: Row, width: int) -> Row:
    return [Span(" " * (width - sum(len(span.text) for span in row)))]


def _year(by_day: dict[date, Any], today: date, weeks: int, room: Room) -> list[Row]:
    """A square for each day, a column for each week; the newest week is the last."""
    monday = today - timedelta(days=today.weekday() + 7 * (weeks - 1))
    grid = [
        [_tokens(by_day, monday + timedelta(days=7 * week + day), today) for week in range(weeks)]
        for day in range(7)
    ]
    months, last = [], None
    for week in range(weeks):
        month = monday + timedelta(days=7 * week)
        if month.month != last:
            months.append((4 + week, f"{month:%b}"))
            last = month.month
    title = [Span(f"Tokens by day, {weeks} weeks", "title")]
    return [title, axis(months, room.columns), *heat(grid, _WEEKDAYS, 1, room)]


def _tokens(by_day: dict[date, Any], day: date, today: date) -> float | None:
    if day > today:
        return None
    row = by_day.get(day)
    return row["tokens"] if row else 0


def _week(hours: Sequence[int], room: Room) -> list[Row]:
    """A square for each hour of the week."""
    width = 2 if room.columns >= 4 + 48 else 1
    grid = [hours[24 * day : 24 * day + 24] for day in range(7)]
    marks = [(4 + hour * width, f"{hour:02}") for hour in range(0, 24, 3)]
    title = [Span("Tokens by hour of the week", "title")]
    return [title, axis(marks, room.columns), *heat(grid, _WEEKDAYS, width, room)]
