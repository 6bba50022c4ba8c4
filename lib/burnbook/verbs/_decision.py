"""Gathers what the book knows of a window, and decides."""

from burnbook.blocks import Scene
from burnbook.derive import decision
from burnbook.derive.decision import Decision
from burnbook.verbs import Context
from burnbook.verbs._scene import scene


def decide(ctx: Context, window: str, shown: Scene | None = None) -> Decision:
    """GO, SOFT GO or NO-GO of a window, with reasons; reads only.

    `shown` is the window's scene, where the caller has set it already.
    """
    now = shown or scene(ctx, window)
    churn, evidence = (
        [row for row in ctx.book.rows(name) if row.window == window]
        for name in ("churn", "evidence")
    )
    return decision.decide(
        decision.Facts(
            window=window,
            pairs=now.pairs,
            closings=now.closings,
            finalized=now.finalized,
            anomalies=now.anomalies,
            churn=churn,
            evidence=evidence,
        )
    )
