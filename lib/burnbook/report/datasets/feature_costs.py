"""What the features of the period cost, routed and on the baseline."""

from typing import TYPE_CHECKING, Any

from burnbook.cost.comparison.figures import Side

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_MOST = 10


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Two rows, baseline and routed, for each of the features with most tokens.

    `saved` is the saving of both; null if it is unknown. `usd` is the known part of the cost,
    `is_least` whether there may be more. Only features with requests on both sides count. In
    several windows, the same name is another feature.
    """
    pairs = [
        (each.window, pair)
        for each in scene.compared
        for pair in each.comparison.features
        if pair.feature is not None
    ]
    pairs.sort(key=lambda each: -((each[1].baseline.tokens or 0) + (each[1].routed.tokens or 0)))
    is_several = len({window for window, _ in pairs}) > 1
    return [
        {
            "window": window,
            "feature": f"{pair.feature} ({window})" if is_several else pair.feature,
            "side": name,
            **_figures(side),
            "saved": pair.saved_usd,
        }
        for window, pair in pairs[:_MOST]
        for name, side in (("baseline", pair.baseline), ("routed", pair.routed))
    ]


def _figures(side: Side) -> dict[str, Any]:
    return {
        "requests": side.requests,
        "tokens": side.tokens,
        "usd": side.usd_known,
        "is_least": side.usd is None,
        "error_percent": side.error_percent,
    }
