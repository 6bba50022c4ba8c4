"""A usage event, the same for every feed."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.base.errors import Refused
from burnbook.rows.meters import MAX_TEXT, Count, Text
from burnbook.telemetry.traffic import Group, group_of

__all__ = ["MAX_TEXT", "Batch", "Event", "Parted", "Refused", "Side", "parted"]

# The value of fields that are added later. As a default, it is not encoded.
_LATER: Any = object()

Extra = dict[str, str | int | float | bool]


class Event(msgspec.Struct, gc=False, omit_defaults=True, eq=False):
    """One request: the own fields of `ProxyRequest`, in its order. All text in it is redacted.

    `ts` is UTC. Null is a value that the line lacks. `feature` is null if it is the `rid`, and
    empty if the line does not have the feed's field for it. `extra` has what the feed keeps.
    """

    ts: datetime
    rid: Text | None
    lane: Text | None
    model: Text | None
    status: int | Text | None
    input_tokens: Count | None
    output_tokens: Count | None
    reason: Text | None
    latency_ms: float | None
    cached_input_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    cache_write_1h_tokens: Count | None = None
    usd: float | None = None
    routed: bool = _LATER
    ok: bool = _LATER
    feature: Text | None = None
    extra: Extra | None = None

    def __eq__(self, other: object) -> bool:
        """Equal by value, whichever path decoded them."""
        if not isinstance(other, Event):
            return NotImplemented
        return msgspec.structs.astuple(self) == msgspec.structs.astuple(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed


class _Added(msgspec.Struct, gc=False, omit_defaults=True):
    # The last fields of an event, which its line does not have.
    routed: bool
    ok: bool
    feature: Text | None = None
    extra: Extra | None = None


class Side(msgspec.Struct, gc=False, frozen=True, eq=False):
    """The fields that a feed's declaration adds to a line; lines that are alike share them.

    `text` is their JSON in a row, after the fields of the line. `group` is the group of traffic.
    """

    added: _Added
    group: Group
    text: bytes

    def mark(self, event: Event) -> None:
        """Complete an event with it."""
        event.routed, event.ok, event.feature, event.extra = msgspec.structs.astuple(self.added)


def parted(event: Event) -> Side:
    """Removes the added fields from an event, and returns them."""
    added = _Added(event.routed, event.ok, event.feature, event.extra)
    side = Side(added, group_of(event), b"," + msgspec.json.encode(added)[1:-1])
    event.routed = event.ok = _LATER
    event.feature = event.extra = None
    return side


class Parted(NamedTuple):
    """A batch whose events have only the fields of their lines; `sides` has the added ones."""

    events: list[Event]
    sides: list[Side]
    rejected: list[tuple[int, str]]
    ignored: int


class Batch(NamedTuple):
    """The events of lines.

    `rejected` has the index of each line that could not be used completely, and the reason, which
    is redacted. `ignored` counts rows that are not requests; blank lines are not counted.
    """

    events: list[Event]
    rejected: list[tuple[int, str]]
    ignored: int
