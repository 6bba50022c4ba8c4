"""Gathers what the book knows of a window, and decides."""

from burnbook.context import Context
from burnbook.review import decision
from burnbook.review.decision import Decision
from burnbook.windows.facts import WindowFacts, window_facts


def decide(ctx: Context, window: str, shown: WindowFacts | None = None) -> Decision:
    """GO, SOFT GO or NO-GO of a window, with reasons; reads only.

    `shown` is the window's scene, where the caller has set it already.
    """
    now = shown or window_facts(ctx, window)
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
