"""Routed against baseline, feature by feature, in tokens, USD, errors and latency.

`counterfactual.py` has what the routed requests would have cost without the proxy.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from burnbook.cost.comparison import Compared, Comparison, Gaps, Latency, Totals
from burnbook.cost.counterfactual import Instead, instead_of, total
from burnbook.cost.spend import Find
from burnbook.cost.tally import Tally


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

    `unmatched` counts the other features. `longer_than(model, tokens)` returns how many requests
    of a model have more input tokens.
    """

    window: Sides
    matched: Mapping[str, Sides]
    unmatched: int
    without_feature: int
    without_model: int
    longer_than: Callable[[str, int], int]


def new() -> Sides:
    """No request yet, on either side."""
    return Sides(Tally(), Tally())


def compare(requests: Requests, find: Find) -> Comparison:
    """Compare the two sides of a window. `find` returns the price of a model."""
    window, matched = requests.window, requests.matched
    both, everything = new(), Tally()
    for sides in matched.values():
        both.merge(sides)
    for tally in window:
        everything.merge(tally)
    mix = window.baseline.amounts
    instead = {n: instead_of(s.routed, s.baseline.amounts, mix, find) for n, s in matched.items()}
    of_matched = total(instead.values())
    of_rest = instead_of(window.routed.without(both.routed), {}, mix, find)
    totals = _pair(window, total([of_matched, of_rest]), find)
    pairs = [_pair(sides, instead[name], find, name) for name, sides in matched.items()]
    pairs.sort(key=lambda f: (-(f.baseline.tokens or 0) - (f.routed.tokens or 0), f.feature))
    used = {m for m, amounts in everything.amounts.items() if m is not None and any(amounts)}
    return Comparison(
        features=pairs,
        matched=len(matched),
        unmatched=requests.unmatched,
        matched_totals=_pair(both, of_matched, find),
        totals=Totals(
            **{f: getattr(totals, f) for f in Compared.__struct_fields__},
            all=everything.side(find),
        ),
        unpriced=sorted(model for model in used if find(model) is None),
        gaps=Gaps(
            without_feature=requests.without_feature,
            without_model=requests.without_model,
            without_tokens=everything.untold,
            over_base=_over_base(requests, everything, find),
        ),
    )


def _over_base(requests: Requests, everything: Tally, find: Find) -> int:
    count = 0
    for model in everything.amounts:
        price = find(model) if model is not None else None
        if model is not None and price is not None and price.base_up_to is not None:
            count += requests.longer_than(model, price.base_up_to)
    return count


def _pair(sides: Sides, instead: Instead, find: Find, name: str | None = None) -> Compared:
    baseline, routed = sides.baseline.side(find), sides.routed.side(find)
    was, now = baseline.latency_ms, routed.latency_ms
    tokens = _less(routed.tokens, baseline.tokens)
    cost, saved = (None if value is None else float(value) for value in instead)
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
    )


def _less(first: float | None, second: float | None) -> float | None:
    """The difference, with no more digits than the two have (0.3 - 0.1 is 0.2)."""
    if first is None or second is None:
        return None
    return float(Decimal(repr(first)) - Decimal(repr(second)))
