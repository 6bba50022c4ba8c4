"""The JSON that Claude Code pipes into a status line. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from burnbook.base import ids
from burnbook.base.clean_text import quoted
from burnbook.meters import rate_limits
from burnbook.meters.json_values import context_percent, model_name
from burnbook.meters.vendor_meters import ShownMeter, shown_at


class StatusInput(NamedTuple):
    """The values of the JSON input; None or empty if it does not have them."""

    model: str | None
    context_percent: float | None
    session: str | None
    shown: tuple[ShownMeter, ...]


def parse(data: bytes, now: datetime) -> StatusInput:
    """Parses an object. Raises ValueError, with the reason, for any other text."""
    try:
        whole = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(whole, dict):
        raise ValueError(f"not an object but {quoted(whole, 40)}")
    return of(whole, now)


def of(whole: Mapping[str, Any], now: datetime) -> StatusInput:
    """Returns the values of an object; values of another type are ignored."""
    session = whole.get("session_id")
    session = session if isinstance(session, str) and ids.valid(session) else None
    shown = tuple(
        shown_at(meter, now, session)
        for meter in rate_limits.claude(whole.get("rate_limits")).meters
    )
    return StatusInput(model_name(whole), context_percent(whole), session, shown)
