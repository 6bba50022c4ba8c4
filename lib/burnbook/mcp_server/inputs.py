"""The arguments of each tool, with their bounds. Their JSON Schemas are what agents see."""

from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Window = Annotated[
    str,
    msgspec.Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="a window, such as W0-CHN; default: the current one",
    ),
]
Day = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=20,
        description="a day: 2026-11-16, today, yesterday, monday, or 7d for seven days ago",
    ),
]
Rows = Annotated[int, msgspec.Meta(ge=1, le=200, description="the most entries to return")]
# Sessions, projects and branches are left out: their names are paths and free text.
Report = (
    Literal["daily", "weekly", "monthly", "blocks", "window", "today"]
    | Literal["agent", "tool", "model", "account", "hour"]
)
Split = Literal["model", "agent", "account", "tool", "hour"]


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No arguments."""


class Limits(Input, frozen=True):
    """Which limits."""

    provider: Name | None = None
    account: Name | None = None


class OneWindow(Input, frozen=True):
    """Which window."""

    window: Window | None = None


class Features(OneWindow, frozen=True):
    """Which window, and how many features."""

    top: Annotated[int, msgspec.Meta(ge=1, le=50, description="the most features")] = 10


class Windows(Input, frozen=True):
    """How many windows, the newest first."""

    since: Day | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=50, description="the most windows")] = 10


class Anomalies(Input, frozen=True):
    """Which anomalies, those of the newest window first."""

    window: (
        Annotated[
            str,
            msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="default: all"),
        ]
        | None
    ) = None
    limit: Rows = 20


class Usage(Input, frozen=True):
    """Which usage, by what it is grouped, and how many rows. `*` in a name is any text."""

    report: Annotated[Report, msgspec.Meta(description="what to group by")] = "daily"
    by: (
        Annotated[Split, msgspec.Meta(description="split each row; default: tool, model")] | None
    ) = None
    since: Day | None = None
    until: Day | None = None
    tool: Name | None = None
    model: Name | None = None
    window: Window | None = None
    limit: Rows = 50
