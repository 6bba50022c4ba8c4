"""How good past forecasts would have been, as `forecast --backtest` last computed it."""

from typing import TYPE_CHECKING, Any

from burnbook.insight.forecast import scores

if TYPE_CHECKING:
    from burnbook.insight.estimate import Estimate
    from burnbook.report.scene import Scene

Row = dict[str, Any]


def rows(scene: "Scene") -> list[Row]:
    """Two rows for each limit with known scores: those of `forecast`, and of a straight line.

    `score` is the Brier score, and `held` the share of 95% bands that contained what happened, each
    with its 95% interval where that is known. A straight line has no bands. `n` is the number of
    forecasts, `at` when they were made.
    """
    kept = scores.load(str(scene.ctx.book.root))
    if kept is None:
        return []
    at = scene.wall(kept.computed_at)
    return [
        {
            "name": each.limit,
            "by": by,
            **_interval("score", score),
            **_interval("held", held),
            "n": score.n,
            "windows": each.windows,
            "at": at,
        }
        for each in kept.scores
        for by, score, held in (
            ("forecast", each.brier, each.coverage_95),
            ("straight line", each.straight_line, None),
        )
        if score.value is not None
    ]


def _interval(name: str, value: "Estimate | None") -> Row:
    return {
        name: value and value.value,
        f"{name}_low": value and value.low,
        f"{name}_high": value and value.high,
    }
