"""Routed against baseline, feature by feature, in tokens, USD, errors and latency.

`counterfactual.py` has what the routed requests would have cost without the proxy.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from burnbook.cost.comparison.counterfactual import Instead, instead_of, total, unknown_reason
from burnbook.cost.comparison.figures import (
    Compared,
    Comparison,
    Gaps,
    Latency,
    Reason,
    Source,
    Totals,
)
from burnbook.cost.comparison.retries import Retried, merged, none
from burnbook.cost.comparison.tally import Pricing, Tally
from burnbook.cost.comparison.verdict import per_feature, verdict


class Sides(NamedTuple):
    """The tallies of both sides; `Sides[routed]` is the one of a side."""

    baseline: Tally
    routed: Tally

    def merge(self, other: "Sides") -> None:
        """Add everything that another counted, side by side."""
        self.baseline.merge(other.baseline)
        self.routed.merge(other.routed)

    def matched(self) -> bool:
        """Whether both sides have a request."""
        return bool(self.baseline.requests and self.routed.requests)


class Requests(NamedTuple):
    """The requests of a window. `matched` has the features with requests on both sides, by name.

    `unmatched` counts the other features. `retried` has the failed routed requests that were
    retried on the baseline, by feature.
    """

    window: Sides
    matched: Mapping[str, Sides]
    unmatched: int
    without_feature: int
    without_model: int
    retried: Mapping[str | None, Retried] = {}
    source: Source = "proxy_telemetry"


def new() -> Sides:
    """No request yet, on either side."""
    return Sides(Tally(), Tally())


def compare(requests: Requests, pricing: Pricing) -> Comparison:
    """Compare the two sides of a window."""
    window, matched = requests.window, requests.matched
    both, everything = new(), Tally()
    for sides in matched.values():
        both.merge(sides)
    for tally in window:
        everything.merge(tally)
    mix = window.baseline.mix
    instead = {n: instead_of(s.routed, s.baseline.mix, mix, pricing) for n, s in matched.items()}
    of_matched = total(instead.values())
    of_rest = instead_of(window.routed.without(both.routed), {}, mix, pricing)
    of_window = total([of_matched, of_rest])
    retried = {name: requests.retried.get(name) or none() for name in matched}
    totals = _pair(window, of_window, merged(requests.retried.values()), pricing)
    pairs = [
        _pair(sides, instead[name], retried[name], pricing, name) for name, sides in matched.items()
    ]
    pairs.sort(key=lambda f: (-(f.baseline.tokens or 0) - (f.routed.tokens or 0), f.feature))
    whole = everything.side(pricing)
    unpriced, over_base = _unknown(everything, pricing)
    reason = unknown_reason(window.routed, of_window, pricing)
    return Comparison(
        features=pairs,
        matched=len(matched),
        unmatched=requests.unmatched,
        matched_totals=_pair(both, of_matched, merged(retried.values()), pricing),
        totals=Totals(**{f: getattr(totals, f) for f in Compared.__struct_fields__}, all=whole),
        unpriced=sorted(unpriced),
        gaps=Gaps(
            without_feature=requests.without_feature,
            without_model=requests.without_model,
            without_tokens=whole.untold,
            over_base=over_base,
        ),
        reasons=[Reason(model, reason) for model, reason in sorted(unpriced.items())],
        verdict=verdict(totals, reason, requests.source),
        saved_per_feature=per_feature(pairs),
        source=requests.source,
    )


def _unknown(everything: Tally, pricing: Pricing) -> tuple[dict[str, str], int]:
    """Returns models whose cost is unknown, with the reason, and how many requests are longer than
    their price is for."""
    reasons: dict[str, str] = {}
    over_base = 0
    for key, sums in sorted(everything.cells.items(), key=lambda item: str(item[0])):
        priced = pricing(key, sums)
        limit = priced.rate.base_up_to
        if limit is not None and key.prompt_tokens > limit:
            over_base += sums.requests
        elif priced.reason is not None and key.model is not None:
            reasons.setdefault(key.model, priced.reason)
    return reasons, over_base


def _pair(
    sides: Sides, instead: Instead, retried: Retried, pricing: Pricing, name: str | None = None
) -> Compared:
    baseline, routed = sides.baseline.side(pricing), sides.routed.side(pricing)
    was, now = baseline.latency_ms, routed.latency_ms
    tokens = _less(routed.tokens, baseline.tokens)
    cost = None if instead.cost is None else float(instead.cost)
    saved = None if instead.saved is None else float(instead.saved)
    return Compared(
        feature=name,
        baseline=baseline,
        routed=routed,
        delta_tokens=None if tokens is None else int(tokens),
        delta_usd=_less(routed.usd, baseline.usd),
        delta_error_percent=_less(routed.error_percent, baseline.error_percent),
        delta_latency_ms=Latency(_less(now.p50, was.p50), _less(now.p95, was.p95)),
        counterfactual_usd=cost,
        saved_usd=_less(cost, routed.usd),
        saved_usd_known=saved,
        retries=retried.figures(sides.baseline, pricing),
    )


def _less(first: float | None, second: float | None) -> float | None:
    """The difference, with no more digits than the two have (0.3 - 0.1 is 0.2)."""
    if first is None or second is None:
        return None
    return float(Decimal(repr(first)) - Decimal(repr(second)))
