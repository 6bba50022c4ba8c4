"""Sessions of the period that are unlike the others, each with the reason."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_MOST = 20


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """The 20 unusual sessions that cost most: their requests, USD, largest score, and reason."""
    from burnbook.insight.spending.outliers import outliers, sessions

    return [
        {
            **{"session": each.session.session, "tool": each.session.tool},
            **{"model": each.session.model or "(not known)", "requests": each.session.requests},
            "usd": each.session.attos / 10**18 if each.session.is_whole else None,
            **{"tokens": each.session.tokens, "score": each.scores[0][1], "reason": each.reason},
        }
        for each in outliers(sessions(scene.spent)).rows[:_MOST]
    ]
