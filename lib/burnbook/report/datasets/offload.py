"""What offloading saved in each window of the period, as cost-compare shows it."""

from typing import TYPE_CHECKING, Any

from burnbook.report.scene import MOST_WINDOWS

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each of the newest 60 windows with routed requests, the oldest first.

    `mean`, `low` and `high`: USD saved per matched feature with its 95% interval, null below two
    features. `saved`: USD that the whole window saved, null if a part is unknown; `verdict` has the
    reason.
    """
    result = []
    for each in reversed(scene.compared[:MOST_WINDOWS]):
        whole, mean = each.comparison.totals, each.comparison.saved_per_feature
        if not whole.routed.requests:
            continue
        result.append(
            {
                "window": each.window,
                "saved": whole.saved_usd,
                "mean": mean and mean.mean,
                "low": mean and mean.low,
                "high": mean and mean.high,
                "n": each.comparison.matched,
                "verdict": each.comparison.verdict,
            }
        )
    return result
