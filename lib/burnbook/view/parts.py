"""Parts of a result, which `render` turns into text, JSON or markdown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct

from burnbook.times import clock
from burnbook.view import terminal
from burnbook.view.levels import Level


class Lazy(Sequence[Any]):
    """Values that are made whenever they are read, so that no more than one is held.

    `render.json_pieces` prints them as a list.
    """

    def __init__(self, make: Callable[[], Iterable[Any]], length: int) -> None:
        self._make, self._length = make, length

    def __len__(self) -> int:
        """How many values there are."""
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """The values."""
        return iter(self._make())

    def __getitem__(self, at: Any) -> Any:
        """A value, or several; all are made for it."""
        return [*self][at]


class Line(Struct, frozen=True):
    """One line of text; `strong` marks the main line, `level` what needs attention."""

    text: str
    strong: bool = False
    level: Level = ""


class Table(Struct, frozen=True):
    """Cells in columns; `align` has a letter for each column, `>` for right-aligned ones.

    A cell may have a level (`levels.cell`).

    On a terminal, `bars` are drawn behind the rows: a share of 0 to 1 for each row, or None, or the
    shares before and now. `narrower` is shown where the table does not fit.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str
    bars: Sequence[float | tuple[float | None, float | None] | None] = ()
    bars_head: str = ""
    narrower: "Table | None" = None

    @property
    def lines(self) -> list[Sequence[str]]:
        """The head and the rows."""
        return [self.head, *self.rows]

    def without(self, *heads: str) -> "Table":
        """The table without some columns, bars and narrower forms."""
        kept = [n for n, head in enumerate(self.head) if head not in heads]
        rows = [[row[n] for n in kept] for row in self.rows]
        return Table([self.head[n] for n in kept], rows, "".join(self.align[n] for n in kept))


class Trend(Struct, frozen=True):
    """Values over time, drawn on a terminal: the newest that have room. Other formats have none.

    `text`, if there is any, is a line below it.
    """

    label: str
    values: Sequence[float]
    text: str = ""


class Title(Struct, frozen=True):
    """The heading of a block."""

    text: str


Part = Line | Table | Title | Trend


def fields(row: object, *names: str) -> dict[str, Any]:
    """Returns attributes of a value by name, for JSON or a table."""
    return {name: getattr(row, name) for name in names}


def number(value: float | None) -> str:
    """Returns a number for display, with thousands separators; `-` for None."""
    if value is None:
        return "-"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def percent(value: float | None) -> str:
    """Returns a percentage for display; `-` for None."""
    return "-" if value is None else f"{number(value)}%"


def rounded(share: float) -> str:
    """Returns a share (0 to 1) as a percentage: only nothing is `0%`, only all of it `100%`."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def bar(share: float | None, width: int) -> str:
    """Returns a bar of `width` characters, filled to `share` (0 to 1); empty text for None."""
    if share is None or width == 0:
        return ""
    full = min(width, max(0, round(share * width)))
    done, rest = "█░" if terminal.has_blocks() else "#."
    return done * full + rest * (width - full)


def moment(value: datetime | None, zone: tzinfo) -> str:
    """Returns a moment as wall time in a zone, to the minute; `-` if it is None."""
    return "-" if value is None else f"{clock.to_wall(value, zone):%Y-%m-%d %H:%M}"


def near(value: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Returns a moment as wall time: `23:50` if it is today, without the year if it is near."""
    if value is None:
        return moment(None, zone)
    shown, today = clock.to_wall(value, zone), clock.to_wall(now, zone)
    if shown.date() == today.date():
        return f"{shown:%H:%M}"
    if abs((shown.date() - today.date()).days) < 180:
        return f"{shown:%m-%d %H:%M}"
    return moment(value, zone)
