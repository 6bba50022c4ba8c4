"""Blocks of the preview: one file a block, values in, lines out, found by listing this folder.

A block module has `values(scene)`, which gives JSON-ready values by key (empty: nothing to show),
and `show(values, scene)`, which lays them out as parts. It knows no colour and no markdown.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from burnbook.config import Config
from burnbook.derive.history import History
from burnbook.derive.snapshots import Pair
from burnbook.derive.windows import Span, State
from burnbook.errors import Usage
from burnbook.rows import Anomaly, Closing, Snapshot, WindowRow
from burnbook.workrows import MissedReset

if TYPE_CHECKING:
    from burnbook.derive.traffic import Traffic
    from burnbook.derive.used import Counts
    from burnbook.derive.usedays import Day


class Scene(NamedTuple):
    """Everything that a preview of one window may show."""

    window: str
    config: Config
    now: datetime
    span: Span
    state: State
    pairs: Sequence[Pair]
    rows: Mapping[str, Snapshot]
    recent: Sequence[Snapshot]
    booked: int
    closings: Sequence[Closing]
    anomalies: Sequence[Anomaly]
    finalized: WindowRow | None
    history: History
    traffic: "Traffic | None"
    missed: Sequence[MissedReset] = ()
    used: "Sequence[tuple[Day, Counts]] | None" = None


class Line(NamedTuple):
    """One line of text; `strong` is the line that counts."""

    text: str
    strong: bool = False


class Table(NamedTuple):
    """Cells in columns; a column whose `align` letter is `>` is set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    align: str


class Title(NamedTuple):
    """The heading of a block."""

    text: str


Part = Line | Table | Title


def names() -> list[str]:
    """Every block there is."""
    folder = os.path.dirname(__file__)
    found = [name[:-3] for name in os.listdir(folder) if name.endswith(".py")]
    return sorted(name for name in found if not name.startswith("_"))


def load(name: str) -> ModuleType:
    """The module of a block; Usage where there is no such block."""
    if name not in names():
        raise Usage(f"no block is called {name!r}; valid: {', '.join(names())}")
    return import_module(f"burnbook.blocks.{name}")


def number(value: float | None) -> str:
    """A number for eyes: thousands apart, no needless decimals; `-` where it is not known."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def percent(value: float | None) -> str:
    """A percentage for eyes."""
    return "-" if value is None else f"{number(value)}%"


def bar(share: float | None, width: int) -> str:
    """A bar of `width` characters, `share` of it (0 to 1) full; nothing where it is not known."""
    if share is None or width == 0:
        return ""
    full = min(width, max(0, round(share * width)))
    return "█" * full + "░" * (width - full)


def moment(value: datetime | None, config: Config) -> str:
    """A moment as wall time in the config's zone, to the minute."""
    from burnbook import clock

    return "-" if value is None else f"{clock.to_wall(value, config.zone):%Y-%m-%d %H:%M}"


Values = dict[str, Any]
