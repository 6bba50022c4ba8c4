"""What the tokens of the period became: by agent and grade, see docs/statistics.md."""

from typing import TYPE_CHECKING, Any

from burnbook.insight.attribution.join import GRADES

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

UNATTRIBUTED = "unattributed"


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each agent and grade with tokens; the shares of an agent sum to 1.

    Without a request in a repository, there is nothing to draw.
    """
    attribution = scene.attribution
    if not attribution.readings:
        return []
    return [
        {
            "agent": key.name or "(none)",
            "grade": grade or UNATTRIBUTED,
            "tokens": sums.by_grade[grade],
            "share": sums.by_grade[grade] / sums.total,
        }
        for key, sums in attribution.sums("agent").items()
        for grade in (*GRADES, None)
        if sums.by_grade.get(grade)
    ]
