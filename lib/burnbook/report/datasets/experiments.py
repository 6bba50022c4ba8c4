"""Experiments: what each arm has more or less than the first, with the interval and the verdict."""

from typing import TYPE_CHECKING, Any

from burnbook import extras
from burnbook.base.errors import Missing
from burnbook.insight.experiment.trial import booked

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_UNITS = {
    "percent": "Difference in percent",
    "points": "Difference in points",
    "score": "Difference of scores",
}


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each comparison; none for a report of one window.

    `difference`, `low` and `high` are in the unit in `group`; they are null where `note` says why.
    """
    known = None if scene.period.window is not None else booked(scene.ctx)
    if known is None or not known.plans:
        return []
    try:
        extras.use("insight", "experiment")
    except Missing as error:
        return [_unknown(name, str(error)) for name in known.plans]
    from burnbook.insight.experiment.report import reports

    result = []
    for report in reports(scene.ctx, known):
        for each, sentence in zip(report.comparisons, report.verdicts, strict=True):
            figure = each.difference
            result.append(
                {
                    "group": _UNITS[report.unit],
                    "experiment": f"{report.plan.experiment}: {each.arm}",
                    **{"difference": figure.value, "low": figure.low, "high": figure.high},
                    **{"n": figure.n, "planned": report.plan.features},
                    "verdict": sentence,
                    "note": "" if figure.value is not None else "not enough outcomes",
                }
            )
    return result


def _unknown(name: str, reason: str) -> dict[str, Any]:
    """The row of an experiment without the packages that compare arms."""
    figures = dict.fromkeys(("difference", "low", "high", "planned"))
    return {
        **{"group": _UNITS["percent"], "experiment": name, **figures, "n": 0},
        **{"verdict": reason, "note": reason},
    }
