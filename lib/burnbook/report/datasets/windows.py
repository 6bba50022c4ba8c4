"""The windows of the period: dates, tokens, dollars, points by account and features."""

from typing import TYPE_CHECKING, Any

from burnbook.times import clock

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each window that has begun; `ends` is now for a window without an end."""
    return [
        {
            "window": line.window,
            "title": line.title,
            "state": line.state,
            "starts": clock.iso(line.starts_at),
            "ends": clock.iso(line.ends_at or scene.now),
            "tokens": line.used.tokens,
            "usd": line.used.usd,
            "features": sum(line.features.values()) if line.features else None,
            "outcome": line.outcome,
            "anomalies": line.anomalies,
        }
        for line in scene.windows
        if line.starts_at is not None
    ]
