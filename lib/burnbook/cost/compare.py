"""Routed against baseline, feature by feature, in tokens, USD, errors and latency.

`cost/counterfactual.py` computes what the routed requests would have cost without the proxy.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from burnbook.cost.comparison import Compared, Comparison, Gaps, Latency, Totals
from burnbook.cost.counterfactual import Instead, instead_of, total
from burnbook.cost.spend import Find
from burnbook.cost.tally import Request, Tally
from burnbook.rows.meters import ProxyRequest


class Sides(NamedTuple):
    """The tallies of a feature."""

    baseline: Tally
    routed: Tally

    def add(self, one: Request) -> None:
        """Take one request in, on its side."""
        self[one.routed].add(one)

    def merge(self, other: "Sides") -> None:
        """Take everything in, side by side."""
        self.baseline.merge(other.baseline)
        self.routed.merge(other.routed)

    def matched(self) -> bool:
        """Whether both sides have a request."""
        return bool(self.baseline.requests and self.routed.requests)


def compare(events: Iterable[ProxyRequest], find: Find) -> Comparison:
    """Compare the two sides of a window's requests, in any order, each one taken in once.

    `find` gives the price of a model. Memory grows with features and models, not with requests.
    """
    # Where each request is a feature of its own, a request is smaller than two tallies.
    features: dict[str, Sides | Request] = {}
    nameless = new()
    over = modelless = 0
    for e in events:
        one = Request(
            *(e.routed, e.ok, e.model, e.input_tokens, e.output_tokens),
            *(e.cached_input_tokens, e.cache_write_tokens, e.latency_ms),
        )
        modelless += e.model is None
        price = find(e.model) if e.model is not None else None
        if price is not None and price.base_up_to is not None:
            over += (e.input_tokens or 0) > price.base_up_to
        # A feature that is the rid is not written twice; an empty one was not in the line.
        name = e.rid if e.feature is None else e.feature
        found = features.get(name) if name else nameless
        if name and found is None:
            features[name] = one
            continue
        if name and isinstance(found, Request):
            first, found = found, new()
            found.add(first)
            features[name] = found
        assert isinstance(found, Sides)
        found.add(one)
    return _compared(features, nameless, over, modelless, find)


def new() -> Sides:
    """No request yet, on neither side."""
    return Sides(Tally(), Tally())


def _compared(
    features: dict[str, Sides | Request], nameless: Sides, over: int, modelless: int, find: Find
) -> Comparison:
    matched: dict[str, Sides] = {}
    both, rest = new(), new()
    rest.merge(nameless)
    for name, held in features.items():
        if isinstance(held, Request):
            rest.add(held)
        elif held.matched():
            matched[name] = held
            both.merge(held)
        else:
            rest.merge(held)
    window, everything = new(), Tally()
    for part in (both, rest):
        window.merge(part)
    for tally in window:
        everything.merge(tally)
    mix = window.baseline.amounts
    instead = {n: instead_of(s.routed, s.baseline.amounts, mix, find) for n, s in matched.items()}
    of_matched = total(instead.values())
    of_rest = instead_of(rest.routed, {}, mix, find)
    totals = _pair(window, total([of_matched, of_rest]), find)
    pairs = [_pair(sides, instead[name], find, name) for name, sides in matched.items()]
    pairs.sort(key=lambda f: (-(f.baseline.tokens or 0) - (f.routed.tokens or 0), f.feature))
    used = {m for m, amounts in everything.amounts.items() if m is not None and any(amounts)}
    return Comparison(
        features=pairs,
        matched=len(matched),
        unmatched=len(features) - len(matched),
        matched_totals=_pair(both, of_matched, find),
        totals=Totals(
            **{f: getattr(totals, f) for f in Compared.__struct_fields__},
            all=everything.side(find),
        ),
        unpriced=sorted(model for model in used if find(model) is None),
        gaps=Gaps(
            without_feature=sum(tally.requests for tally in nameless),
            without_model=modelless,
            without_tokens=everything.untold,
            over_base=over,
        ),
    )


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


def _less(one: float | None, other: float | None) -> float | None:
    """The difference, with no more digits than the two have (0.3 - 0.1 is 0.2)."""
    if one is None or other is None:
        return None
    return float(Decimal(repr(one)) - Decimal(repr(other)))
