"""The scoreboard: features per point, request or token over all finalized windows."""

from typing import TYPE_CHECKING, Any

from burnbook.meters.efficiency import LEAST_N
from burnbook.review.offload.uses import uses
from burnbook.review.scoreboard import Score, scores
from burnbook.windows.history import history

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_PER = {
    "point": ("Features per percentage point", 1),
    "request": ("Features per 1,000 requests", 1_000),
    "token": ("Features per million new tokens", 1_000_000),
}


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each score; none for a report of one window.

    `ratio`, `low` and `high` are per the unit in `group`; they are null where `note` says why.
    """
    if scene.period.window is not None:
        return []
    finalized = history(scene.ctx)
    effect = scene.ctx.config.preview.effect
    return [_row(score) for score in scores(finalized, effect, None, uses(scene.ctx, finalized))]


def _row(score: Score) -> dict[str, Any]:
    group, size = _PER[score.unit]
    is_all = score.scope == "all"
    known = score.per_unit is not None
    return {
        "group": group,
        "score": f"{score.provider}: {'all' if is_all else score.methodology or 'no method'}",
        "ratio": None if score.per_unit is None else size * score.per_unit,
        "low": None if score.low is None else size * score.low,
        "high": None if score.high is None else size * score.high,
        "n": score.n,
        "left_out": score.left_out,
        "features": score.features,
        "amount": score.amount,
        "note": "" if known else f"{score.n} of {LEAST_N} windows",
    }
