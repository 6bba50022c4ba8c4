"""What the files of config/ may declare: typed, frozen, with their defaults."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from burnbook.capturespec import Tmux

Duration = Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}[smh]\Z")]
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class Window(msgspec.Struct, frozen=True):
    """One declared window: `ends` is wall time in the file's zone unless it carries an offset."""

    title: str = ""
    next: str | None = None
    ends: datetime | None = None
    budget: str = "default"


class Windows(msgspec.Struct, frozen=True):
    """config/windows.toml."""

    timezone: str = "local"
    reset_time: Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z")] = "00:01"
    lag_buffer: Duration = "5m"
    last_look: Duration = "15m"
    missed_after: Duration = "1h"
    raw_panes: Literal["redacted", "none"] = "redacted"
    windows: dict[str, Window] = {}

    @property
    def lag(self) -> timedelta:
        """How long a vendor's pane may still show the old window."""
        return length(self.lag_buffer)

    @property
    def early(self) -> timedelta:
        """How long before a reset a last look may be taken."""
        return length(self.last_look)

    @property
    def grace(self) -> timedelta:
        """How long after a reset it counts as missed."""
        return length(self.missed_after)


def length(text: str) -> timedelta:
    """A declared duration, such as `5m`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})


class Budget(msgspec.Struct, frozen=True):
    """One budget: tokens a window may use (`target`), and could use at most (`capacity`)."""

    capacity_tokens: Annotated[int, msgspec.Meta(gt=0)] = 272_000
    target_tokens: Annotated[int, msgspec.Meta(gt=0)] = 200_000
    warn: tuple[Annotated[float, msgspec.Meta(gt=0, le=10)], ...] = (0.7, 0.9, 1.0)


class Agent(msgspec.Struct, frozen=True):
    """One agent: whose meters it uses, what shows them, its letter in shell aliases.

    `capture` is a command, or the name of a kind in captures/, which has a table of that name.
    """

    provider: str
    capture: tuple[str, ...] | str = ()
    tmux: Tmux | None = None
    alias: Annotated[str, msgspec.Meta(pattern=r"^[a-z]\Z")] | None = None
    timeout_seconds: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30


class Preview(msgspec.Struct, frozen=True):
    """config/preview.toml: blocks in their order, and what they need to know."""

    blocks: tuple[str, ...] = ()
    bar_width: Annotated[int, msgspec.Meta(ge=0, le=60)] = 20
    snapshots: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 6
    effect: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.25
