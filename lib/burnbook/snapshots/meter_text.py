"""Meters that are known already, as the text that a capture gives in the place of a pane."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from burnbook.meters.vendor_meters import ShownMeter
from burnbook.rows.meters import Meter, Moment

# Older numbers may not be passed for fresh ones.
STALE = timedelta(minutes=15)


class MeterText(msgspec.Struct, frozen=True):
    """The meters that stood at `captured_at`, which may be long ago."""

    kind: Literal["meters"]
    provider: str
    captured_at: Moment
    plan: str | None
    meters: tuple[Meter, ...]

    def is_stale(self, now: datetime) -> bool:
        """Whether they may not stand any more: they are old, or one was reset since."""
        was_reset = any(one.resets_at and one.resets_at <= now for one in self.meters)
        return was_reset or now - self.captured_at > STALE


def write(provider: str, shown: Sequence[ShownMeter], plan: str | None) -> bytes:
    """The text of meters; its moment is that of the newest."""
    newest = max(one.captured_at for one in shown)
    meters = tuple(one.meter for one in shown)
    return msgspec.json.encode(MeterText("meters", provider, newest, plan, meters)) + b"\n"


def read(data: bytes, provider: str) -> MeterText | None:
    """What a text says of a provider's meters; None where it is another text, such as a pane."""
    try:
        found = msgspec.json.decode(data, type=MeterText)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if found.provider == provider else None
