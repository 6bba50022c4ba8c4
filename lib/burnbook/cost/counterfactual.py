"""The counterfactual: what the routed tokens would have cost on the baseline's models.

In a matched feature these are the models of its own baseline, each by its share of the baseline's
tokens there; for all other requests those of the window's whole baseline, by their shares there.
The numbers of tokens are unchanged: it is unknown whether another model needs more or fewer.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from burnbook.cost.spend import Find, Mix, added, cost_at, known_cost, weight
from burnbook.cost.tally import Tally


class Instead(NamedTuple):
    """USD on the baseline's models, and the known part of the saving.

    `cost` is null if a model of the baseline has no price, if there is no baseline, and if a routed
    request does not report its tokens. `saved` leaves such requests out, and those of routed models
    without a price.
    """

    cost: Fraction | None
    saved: Fraction | None


def instead_of(routed: Tally, own: Mix, window: Mix, find: Find) -> Instead:
    """Prices routed tokens on the models of the own mix, or of the window's if that is empty."""
    mix = own if weight(own) else window
    priced: Mix = {m: each for m, each in routed.amounts.items() if m is not None and find(m)}
    known = cost_at(added(priced.values()), mix, find)
    spent, _ = known_cost(priced, find)
    return Instead(
        None if routed.untold else cost_at(added(routed.amounts.values()), mix, find),
        None if known is None else known - spent,
    )


def total(parts: Iterable[Instead]) -> Instead:
    """Sums parts. `cost` is null if that of a part is; `saved` is the sum of the known ones."""
    every = list(parts)
    costs = [part.cost for part in every if part.cost is not None]
    saved = [part.saved for part in every if part.saved is not None]
    return Instead(
        sum(costs, Fraction(0)) if len(costs) == len(every) else None,
        sum(saved, Fraction(0)) if saved or not every else None,
    )
