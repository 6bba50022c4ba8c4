"""How fast a window uses tokens, and how many it will have used at its end."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from burnbook.budget import burn_rate
from burnbook.budget.budget import NO_REQUESTS, Use
from burnbook.budget.burn_rate import Projection, Rate
from burnbook.context import Context
from burnbook.store.queries import QUARTER
from burnbook.usage.queries import pace as usage_pace
from burnbook.windows.facts import WindowFacts

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic


class Burn(Struct, frozen=True):
    """Tokens per hour, and the moment up to which they are known."""

    rate: Rate
    until: datetime | None


def end_of_open_window(facts: WindowFacts) -> datetime | None:
    """Returns the end of a window that is not over, or None."""
    if facts.finalized is not None:
        return None
    ends_at = facts.span.ends_at
    return ends_at if ends_at is not None and facts.now < ends_at else None


def burn(ctx: Context, facts: WindowFacts, traffic: "Traffic | None", used: Use) -> Burn:
    """Returns the rate from the same source as the used tokens: logs or feeds."""
    if used.used_from == "logs":
        pace = dict(usage_pace(ctx.store, facts.window))
        return _paced(facts, pace, datetime.fromtimestamp(min(pace) * QUARTER, UTC), QUARTER)
    if traffic is not None and traffic.first is not None:
        return _paced(facts, traffic.pace, traffic.first, burn_rate.BUCKET)
    return Burn(burn_rate.UNKNOWN, None)


def projection(facts: WindowFacts, used: Use, burned: Burn) -> Projection:
    """Returns the tokens at the window's end, or the reason why they are unknown."""
    ends_at, rate = end_of_open_window(facts), burned.rate
    reason = _reason(facts, used, rate)
    if reason is not None or ends_at is None or burned.until is None:
        return Projection(ends_at, None, None, None, reason)
    low, high = rate.low or 0.0, rate.high or 0.0
    hours = max(0.0, (ends_at - burned.until).total_seconds() / 3600)
    left = used.left_tokens
    return Projection(
        at=ends_at,
        used_tokens_low=round(used.used_tokens + low * hours),
        used_tokens_high=round(used.used_tokens + high * hours),
        target_runs_out=None if left is None else burn_rate.runs_out(burned.until, left, rate),
        reason=None,
    )


def _paced(facts: WindowFacts, pace: Mapping[int, int], first: datetime, bucket: int) -> Burn:
    """Returns the rate of tokens per `bucket` seconds; the first bucket starts at `first`."""
    finalized_at = facts.finalized.finalized_at if facts.finalized else None
    until = min(filter(None, (facts.now, facts.span.ends_at, finalized_at)))
    began = min(filter(None, (facts.span.starts_at, first)))
    ends_at = end_of_open_window(facts)
    return Burn(burn_rate.of_pace(pace, began, until, ends_at, bucket), until)


def _reason(facts: WindowFacts, used: Use, rate: Rate) -> str | None:
    if facts.finalized is not None:
        return "finalized"
    if used.used_from is None:
        return NO_REQUESTS
    if facts.span.ends_at is None:
        return "end-not-known"
    if facts.now >= facts.span.ends_at:
        return "ended"
    return "too-little-known" if rate.low is None else None
