"""A usage event, as every feed gives it, and why a line is none."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.rows import MAX_TEXT, Count, Text

__all__ = ["MAX_TEXT", "Batch", "Event", "Refused"]

# Set once a line is decoded: never on the wire, and not equal to any value that would be left out.
_LATER: Any = object()

Extra = dict[str, str | int | float | bool]


class Event(msgspec.Struct, gc=False, omit_defaults=True, eq=False):
    """One request: the own fields of `rows.Usage`, in its order. All text in it is redacted.

    `ts` is UTC. Null is what the line does not tell. `feature` is null where it is the `rid`, and
    empty where the line does not have the feed's field for it. `extra` has what the feed keeps.
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


class Batch(NamedTuple):
    """What some lines came to.

    `rejected` has the index of each line that could not be taken whole, and why; text in the reason
    is redacted. `ignored` counts rows that are no requests; blank lines count nowhere.
    """

    events: list[Event]
    rejected: list[tuple[int, str]]
    ignored: int


class Refused(Exception):
    """Why a line is no event: a short sentence without its first capital and full stop."""
