"""Encodes known meters as the text that a capture returns instead of a pane."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from burnbook.meters.vendor_meters import ShownCredits, ShownMeter
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter, Moment

# Older values must not be presented as current.
STALE = timedelta(minutes=15)


class MeterText(msgspec.Struct, frozen=True):
    """The meters at `captured_at`, which may be long ago; `home` is the agent's own folder.

    `shown_at` is the moment of each meter by its name, of which `captured_at` is the newest.
    """

    kind: Literal["meters"]
    provider: str
    captured_at: Moment
    plan: str | None
    meters: tuple[Meter, ...]
    shown_at: dict[str, Moment]
    amounts: tuple[Amount, ...] = ()
    errors: tuple[str, ...] = ()
    home: str | None = None

    def stale(self, now: datetime) -> tuple[str, ...]:
        """The words for what may be outdated, because it is old or was reset since.

        `stale` is about everything, `stale:METER` about one meter.
        """
        names = [
            meter.name
            for meter in self.meters
            if (meter.resets_at and meter.resets_at <= now)
            or now - self.shown_at[meter.name] > STALE
        ]
        if len(names) == len(self.meters) and (names or now - self.captured_at > STALE):
            return ("stale",)
        return tuple(f"stale:{name}" for name in names)


def write(
    provider: str,
    shown: Sequence[ShownMeter],
    plan: str | None,
    home: str | None,
    credits: ShownCredits | None = None,
    errors: Sequence[str] = (),
) -> bytes:
    """The text of meters and credits, of which there is at least one."""
    moments = [meter.captured_at for meter in shown]
    moments += [credits.captured_at] if credits else []
    text = MeterText(
        kind="meters",
        provider=provider,
        captured_at=max(moments),
        plan=plan,
        meters=tuple(meter.meter for meter in shown),
        shown_at={meter.name: meter.captured_at for meter in shown},
        amounts=credits.amounts if credits else (),
        errors=tuple(errors),
        home=home,
    )
    return msgspec.json.encode(text) + b"\n"


def read(data: bytes, provider: str) -> MeterText | None:
    """Decodes the meters of a provider; None for another text, such as a pane."""
    try:
        decoded = msgspec.json.decode(data, type=MeterText)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return decoded if decoded.provider == provider else None
