"""The counterfactual: what the routed tokens would have cost on the baseline's models.

In a matched feature these are the models of its own baseline, each by its share of the baseline's
tokens there; for all other requests those of the window's whole baseline, by their shares there.
The numbers of tokens are unchanged: it is unknown whether another model needs more or fewer. Prices
are those of the routed requests' days and prompt sizes.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from burnbook.cost.calculate import ATTO
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.comparison.tally import PriceKey, Pricing, Tally

# Tokens by model; None is a request that names no model.
Mix = Mapping[str | None, int]


class Instead(NamedTuple):
    """USD on the baseline's models, and the known part of the saving.

    `cost` is null if a model of the baseline has no price, if there is no baseline, and if a routed
    request does not report its tokens. `saved` leaves such requests out, and those of routed models
    without a price.
    """

    cost: Fraction | None
    saved: Fraction | None


def instead_of(routed: Tally, own: Mix, window: Mix, pricing: Pricing) -> Instead:
    """Prices routed tokens on the models of the own mix, or of the window's if that is empty."""
    mix = own if any(own.values()) else window
    known: dict[PriceKey, Sums] = {}
    spent = 0
    for key, sums in routed.cells.items():
        usd = pricing(key, sums).usd
        # A reported cost includes that of requests without tokens.
        has_tokens = not sums.unknown or pricing.untold(key, sums)
        if usd.is_whole and has_tokens:
            known[key] = sums
            spent += usd.attos
    cost_of_known = _cost_on(mix, known, pricing)
    is_unknown = any(sums.unknown for sums in routed.cells.values())
    return Instead(
        None if is_unknown else _cost_on(mix, routed.cells, pricing),
        None if cost_of_known is None else cost_of_known - Fraction(spent, ATTO),
    )


def _cost_on(mix: Mix, cells: Mapping[PriceKey, Sums], pricing: Pricing) -> Fraction | None:
    """Returns the USD of tokens on the models of a mix, each by its share of the mix's tokens.

    None if the mix has no tokens, or if a model that has tokens has no price.
    """
    used = [(key, sums) for key, sums in cells.items() if any(sums.quantities)]
    if not used:
        return Fraction(0)
    total, whole = 0, sum(mix.values())
    for model, share in mix.items():
        if share:
            prices = [pricing.calculated(model, key, sums).usd for key, sums in used]
            if not all(usd.is_whole for usd in prices):
                return None
            total += share * sum(usd.attos for usd in prices)
    return Fraction(total, whole * ATTO) if whole else None


def total(parts: Iterable[Instead]) -> Instead:
    """Sums parts. `cost` is null if that of a part is; `saved` is the sum of the known ones."""
    every = list(parts)
    costs = [part.cost for part in every if part.cost is not None]
    saved = [part.saved for part in every if part.saved is not None]
    return Instead(
        sum(costs, Fraction(0)) if len(costs) == len(every) else None,
        sum(saved, Fraction(0)) if saved or not every else None,
    )
