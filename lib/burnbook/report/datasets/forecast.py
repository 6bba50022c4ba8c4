"""What `forecast` says of each limit: how likely it runs out before its reset, and what is left."""

from typing import TYPE_CHECKING, Any

from burnbook.insight.forecast import words
from burnbook.insight.forecast.method.forecast import Forecast
from burnbook.insight.forecast.renew import forecasts
from burnbook.times import clock

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

Row = dict[str, Any]


def rows(scene: "Scene") -> list[Row]:
    """A row for each limit whose window is open, the likeliest to run out first; none of the past.

    Percentages are of the limit. `used`: now; `low` and `high`: at the reset, the 95% band;
    `runs_out`: the probability, in percent; `about`, `from`, `to`: when, if it does, with the 95%
    band. Where these are null, `note` says why, and `line` is what a straight line gives.
    """
    today = clock.to_wall(scene.now, scene.period.zone).date()
    if scene.period.until is not None and scene.period.until < today:
        return []
    if scene.period.window is not None and not any(line.state == "open" for line in scene.windows):
        return []
    shown = [_row(scene, each) for each in forecasts(scene.ctx, scene.now).known]
    return sorted(shown, key=lambda row: (-(row["runs_out"] or 0.0), row["name"]))


def _row(scene: "Scene", each: Forecast) -> Row:
    unused, times, line = each.unused, each.runs_out_at, each.straight_line

    def share(left: float | None) -> float | None:
        """What is used, in percent of the limit, if so much is left."""
        return None if left is None else round(100 * (1 - left / each.limit.amount), 1)

    chance = each.runs_out.value
    return {
        "name": words.name(each.limit),
        "used": share(each.limit.amount - each.used),
        "low": share(unused.high),
        "high": share(unused.low),
        "middle": share(unused.value),
        "runs_out": None if chance is None else round(100 * chance, 1),
        "resets": scene.wall(each.resets_at),
        "about": None if times is None else scene.wall(times.median),
        "from": None if times is None else scene.wall(times.low_95),
        "to": None if times is None else scene.wall(times.high_95),
        "line": share(line.unused),
        "n": each.runs_out.n,
        "weeks": round(each.weeks, 1),
        "note": each.reason or "",
    }
