"""The counterfactual: what the routed tokens would have cost on the baseline's models.

A failed request replaces no baseline work, so its counterfactual is 0; its cost counts.
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


NO_TOKENS = "a routed request has no token count"


class Instead(NamedTuple):
    """USD on the baseline's models, and the known part of the saving.

    `cost` is null if a model of the baseline has no price, if there is no baseline, and if a
    healthy routed request does not report its tokens; `reason` says which. `saved` leaves such
    requests out, and those of routed models without a price.
    """

    cost: Fraction | None
    saved: Fraction | None
    reason: str | None


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
    cost_of_known, _ = cost_on(mix, known, pricing)
    cost, reason = cost_on(mix, routed.cells, pricing)
    if any(sums.unknown for key, sums in routed.cells.items() if key.ok):
        cost, reason = None, NO_TOKENS
    saved = None if cost_of_known is None else cost_of_known - Fraction(spent, ATTO)
    return Instead(cost, saved, reason)


def cost_on(
    mix: Mix, cells: Mapping[PriceKey, Sums], pricing: Pricing
) -> tuple[Fraction | None, str | None]:
    """Returns the USD of healthy requests on the models of a mix, each by its share of the tokens.

    None, and the reason, if the mix has no tokens, or if a model that has tokens has no price.
    """
    used = [(key, sums) for key, sums in cells.items() if key.ok and any(sums.quantities)]
    if not used:
        return Fraction(0), None
    total, whole = 0, sum(mix.values())
    if not whole:
        return None, "the baseline has no token counts" if mix else "no baseline requests"
    for model, share in mix.items():
        if share:
            for key, sums in used:
                priced = pricing.calculated(model, key, sums)
                if priced.reason is not None:
                    return None, priced.reason
                total += share * priced.usd.attos
    return Fraction(total, whole * ATTO), None


def unknown_reason(routed: Tally, instead: Instead, pricing: Pricing) -> str | None:
    """Returns why it is unknown what routed requests saved; None if it is known."""
    for key, sums in sorted(routed.cells.items(), key=lambda item: str(item[0])):
        if pricing.untold(key, sums):
            return NO_TOKENS
        if reason := pricing(key, sums).reason:
            return reason
    return instead.reason


def total(parts: Iterable[Instead]) -> Instead:
    """Sums parts. `cost` is null if that of a part is; `saved` is the sum of the known ones."""
    every = list(parts)
    costs = [part.cost for part in every if part.cost is not None]
    saved = [part.saved for part in every if part.saved is not None]
    return Instead(
        sum(costs, Fraction(0)) if len(costs) == len(every) else None,
        sum(saved, Fraction(0)) if saved or not every else None,
        next((part.reason for part in every if part.reason is not None), None),
    )
