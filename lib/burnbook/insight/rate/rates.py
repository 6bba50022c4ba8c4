"""The rate of one meter, as it is shown and written to JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from burnbook.insight.estimate import Estimate
from burnbook.insight.rate import change, estimates
from burnbook.insight.rate.estimates import Bought, Observed
from burnbook.insight.rate.units import Unit

RECENT = 3
"""Weeks after a change, for the smallest change that would have been detected."""
_MOST = 4.0  # a test that detects only changes by a larger factor is of no use
NO_REQUESTS = "no request of this account is logged; run ./just ingest"


class Stratum(Struct, frozen=True):
    """What a rate is of: one meter of one account, on one plan; None where nothing shows it."""

    provider: str
    account: str
    plan: str | None
    meter: str
    window_minutes: int | None


class Shift(Struct, frozen=True):
    """A change of the rate at a moment: USD per point after it over that before it.

    `begins` is when the weeks before it begin; `before` and `after` are what a point bought on both
    sides.
    """

    begins: datetime
    since: datetime
    ratio: Estimate
    p: float
    before: Bought
    after: Bought


class Rate(Struct, frozen=True):
    """The rate of one meter since its last change, and the changes in the order of time.

    `detectable` is the smallest change in the last three weeks that would have been detected with
    90% probability, in percent; None with a reason in `not_tested` where none can be looked for.
    """

    stratum: Stratum
    observations: Sequence[Unit]
    since: datetime | None
    until: datetime | None
    points: float
    bought: Bought
    changes: Sequence[Shift]
    detectable: float | None
    not_tested: str | None
    without_requests: float
    without_price: float


def rate_of(stratum: Stratum, observed: Observed, tested: int) -> Rate:
    """The rate of one meter; `tested` meters of the book are tested for a change.

    By Bonferroni, each of them is tested at 5% divided by their number.
    """
    rates = observed.rates
    alpha = change.ALPHA / tested
    detected = change.changes(rates, alpha)
    first = detected[-1].first if detected else 0
    current = observed.units[first:]
    bought = estimates.bought(current, observed.models)
    if not observed.has_requests:
        bought = replace(bought, usd=Estimate(reason=NO_REQUESTS))
    smallest = change.detectable(rates[first:], alpha, RECENT)
    reason = None
    if len(rates) < change.LEAST:
        reason = f"{len(rates)} of {change.LEAST} weeks are known"
    elif min(rates) <= 0:
        reason = "a week cost nothing"
    elif smallest is not None and smallest > _MOST:
        reason, smallest = "the weeks differ too much", None
    return Rate(
        stratum=stratum,
        observations=observed.units,
        since=current[0].begins if current else None,
        until=current[-1].ends if current else None,
        points=sum(unit.points for unit in current),
        bought=bought,
        changes=_shifts(observed, detected),
        detectable=None if smallest is None else 100 * (smallest - 1),
        not_tested=reason,
        without_requests=observed.without_requests,
        without_price=observed.without_price,
    )


def _shifts(observed: Observed, detected: Sequence[change.Change]) -> list[Shift]:
    bounds = [0, *(each.first for each in detected), len(observed.units)]
    result = []
    for before, each, after in zip(bounds, detected, bounds[2:], strict=False):
        left, right = observed.units[before : each.first], observed.units[each.first : after]
        result.append(
            Shift(
                begins=left[0].begins,
                since=right[0].begins,
                ratio=each.ratio,
                p=each.p,
                before=estimates.bought(left, observed.models),
                after=estimates.bought(right, observed.models),
            )
        )
    return result


def figures(rate: Rate) -> dict[str, Any]:
    """The rate as JSON has it."""
    stratum, bought = rate.stratum, rate.bought
    return {
        "provider": stratum.provider,
        "account": stratum.account,
        "plan": stratum.plan,
        "meter": stratum.meter,
        "window_minutes": stratum.window_minutes,
        "since": rate.since,
        "until": rate.until,
        "points": rate.points,
        "usd_per_point": bought.usd.figures(),
        "tokens_per_point": {kind: each.figures() for kind, each in bought.tokens.items()},
        "mix": _mix(bought),
        "changes": [
            {
                "since": shift.since,
                "ratio": shift.ratio.figures(),
                "p": shift.p,
                "usd_per_point_before": shift.before.usd.figures(),
                "mix_before": _mix(shift.before),
            }
            for shift in rate.changes
        ],
        "smallest_detectable_percent": rate.detectable,
        "not_tested": rate.not_tested,
        "points_without_requests": rate.without_requests,
        "points_without_price": rate.without_price,
        "observations": [
            {
                "begins": unit.begins,
                "ends": unit.ends,
                "points": unit.points,
                "usd": unit.usd,
                "usd_per_point": unit.usd / unit.points,
            }
            for unit in rate.observations
        ],
    }


def _mix(bought: Bought) -> list[dict[str, Any]]:
    ordered = sorted(bought.mix.items(), key=lambda item: (-item[1], item[0]))
    return [{"model": model, "usd_share": share} for model, share in ordered]
