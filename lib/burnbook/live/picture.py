"""What a tab shows beside tables and lines: rows of text with styles, for a room of given size."""

from collections.abc import Sequence
from typing import NamedTuple

from burnbook.view.parts import Part, Table


class Span(NamedTuple):
    """Text with a style and, for cells of two colors, a style of the background.

    Styles are names: `strong`, `dim`, `title`, `good`, `warn`, `bad`, `accent`, `other`, `s0` to
    `s9` (series), `h0` to `h8` (heat); empty is plain text.
    """

    text: str
    style: str = ""
    on: str = ""


Row = Sequence[Span]


class Picture(NamedTuple):
    """Rows of spans, none wider than the room; `table` has the figures for markdown."""

    rows: Sequence[Row]
    table: Table | None = None


Shown = Sequence[Part | Picture]


class Room(NamedTuple):
    """Where a tab is shown, in characters. Without colors, a picture must do without styles."""

    columns: int
    rows: int
    has_color: bool = True
    has_blocks: bool = True


def compact(value: float) -> str:
    """A count in at most 5 characters: `950`, `12.3k`, `4.0M`."""
    for unit in ("", "k", "M", "G", "T"):
        if value < 999.5 or unit == "T":
            break
        value /= 1000
    return f"{value:.0f}{unit}" if not unit or value >= 99.95 else f"{value:.1f}{unit}"
