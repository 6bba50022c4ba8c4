"""Encodes known meters as the text that a capture returns instead of a pane."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from burnbook.meters.vendor_meters import ShownMeter
from burnbook.rows.meters import Meter, Moment

# Older values must not be presented as current.
STALE = timedelta(minutes=15)


class MeterText(msgspec.Struct, frozen=True):
    """The meters at `captured_at`, which may be long ago; `home` is the agent's own folder."""

    kind: Literal["meters"]
    provider: str
    captured_at: Moment
    plan: str | None
    meters: tuple[Meter, ...]
    home: str | None = None

    def is_stale(self, now: datetime) -> bool:
        """Whether they may be outdated: they are old, or one was reset since."""
        was_reset = any(meter.resets_at and meter.resets_at <= now for meter in self.meters)
        return was_reset or now - self.captured_at > STALE


def write(provider: str, shown: Sequence[ShownMeter], plan: str | None, home: str | None) -> bytes:
    """The text of meters, with the time of the newest."""
    newest = max(meter.captured_at for meter in shown)
    meters = tuple(meter.meter for meter in shown)
    text = MeterText("meters", provider, newest, plan, meters, home)
    return msgspec.json.encode(text) + b"\n"


def read(data: bytes, provider: str) -> MeterText | None:
    """Decodes the meters of a provider; None for another text, such as a pane."""
    try:
        decoded = msgspec.json.decode(data, type=MeterText)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return decoded if decoded.provider == provider else None
