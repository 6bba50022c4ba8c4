"""Types of config/windows.toml and config/preview.toml, with their defaults."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

Duration = Annotated[
    str, msgspec.Meta(pattern=r"^\d{1,4}[smh]\Z", description="a number of s, m or h")
]
_Time = Annotated[
    str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z", description="a time of day")
]
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class Window(msgspec.Struct, frozen=True):
    """One window. `ends` is wall time in the zone of windows.toml unless it has an offset."""

    title: str = ""
    next: str | None = None
    ends: datetime | None = None
    budget: str = "default"


class Windows(msgspec.Struct, frozen=True):
    """config/windows.toml."""

    timezone: str = "local"
    reset_time: _Time = "00:01"
    lag_buffer: Duration = "5m"
    last_look: Duration = "15m"
    missed_after: Duration = "1h"
    raw_panes: Literal["redacted", "none"] = "redacted"
    windows: dict[str, Window] = {}

    @property
    def lag(self) -> timedelta:
        """How long after a reset a vendor's pane may still show the old window."""
        return length(self.lag_buffer)

    @property
    def early(self) -> timedelta:
        """How long before a reset `reset --last-look` may run."""
        return length(self.last_look)

    @property
    def grace(self) -> timedelta:
        """How long after a reset it counts as missed."""
        return length(self.missed_after)


class Preview(msgspec.Struct, frozen=True):
    """config/preview.toml: the blocks of a preview in order, and their settings."""

    blocks: tuple[str, ...] = ()
    bar_width: Annotated[int, msgspec.Meta(ge=0, le=60)] = 20
    snapshots: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 6
    effect: Annotated[float, msgspec.Meta(gt=0, le=10)] = 0.25

    def __post_init__(self) -> None:
        # The older name of this block.
        renamed = tuple("requests" if name == "prompts" else name for name in self.blocks)
        msgspec.structs.force_setattr(self, "blocks", renamed)


def length(text: str) -> timedelta:
    """Returns a duration such as `5m`."""
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
