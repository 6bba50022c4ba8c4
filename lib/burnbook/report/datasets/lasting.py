"""How much lasted of the lines that requests became, see docs/statistics.md."""

from typing import TYPE_CHECKING, Any

from burnbook.insight.attribution.lasting import DAYS, Lasting

if TYPE_CHECKING:
    from burnbook.insight.estimate import Estimate
    from burnbook.report.scene import Scene

NO_REQUEST = "no request"


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each group of commits and measure with a known share, with its 95% interval.

    Groups are all commits with requests, those of each agent and model, and those without a
    request. There are no rows where numpy and scipy are not installed.
    """
    fates = scene.fates
    if fates is None:
        return []
    groups = [("all", "with requests", fates.attributed)]
    for by in ("agent", "model"):
        groups += [(by, name or "(none)", fate) for name, fate in fates.groups[by].items()]
    groups.append(("all", NO_REQUEST, fates.others))
    return [
        {
            "by": by,
            "name": name,
            "measure": measure,
            "share": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "n": estimate.n,
        }
        for by, name, fate in groups
        for measure, estimate in _measures(fate)
        if estimate.value is not None
    ]


def _measures(fate: Lasting) -> "list[tuple[str, Estimate]]":
    left = [(f"left after {days} days", fate.survival[days]) for days in DAYS]
    return [*left, ("changed", fate.rework), ("reverted", fate.reverted)]
