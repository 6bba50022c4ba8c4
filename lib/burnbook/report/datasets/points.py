"""The points of each account's main meter that each window of the period cost."""

from typing import TYPE_CHECKING, Any

from burnbook.report.period_sums import account_name

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each window and account with a known amount, the oldest window first.

    `low` and `high` differ where a reset lies between; without `high`, only the least is known.
    """
    return [
        {
            "window": line.window,
            "starts": None if line.starts_at is None else scene.wall(line.starts_at),
            "account": account_name(points.provider, points.account),
            "meter": points.meter,
            "low": points.points_min,
            "high": points.points_max,
            "note": "may be of an earlier state" if points.stale else "",
        }
        for line in scene.drawn_windows
        for points in line.points
        if points.points_min is not None
    ]
