"""What prompt caches saved in the period, and what expired ones cost, by model."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each model and amount of USD at list prices: `saved`, `writes`, `expired`.

    Each has the requests of the model, the tokens behind the amount, and how often it happened.
    """
    from burnbook.cost.calculate import ATTO
    from burnbook.insight.spending.caches import cache_sums
    from burnbook.insight.spending.layout import ordered

    result = []
    for name, sums in ordered(cache_sums(scene.spent, lambda spent: spent.row.model)):
        if not sums.read and not sums.write_5m and not sums.write_1h:
            continue
        written = sums.write_5m + sums.write_1h
        for amount, attos, tokens, times in (
            ("saved by reads", sums.saved, sums.read, sums.requests),
            ("cost of writes", -sums.written, written, sums.requests),
            ("cost of expired caches", -sums.expired_cost, sums.expired_tokens, sums.expired),
        ):
            result.append(
                {
                    **{"model": name or "(not known)", "amount": amount, "usd": attos / ATTO},
                    **{"tokens": tokens, "times": times, "requests": sums.requests},
                }
            )
    return result
