"""The features of each window of the period, by provider."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each window and provider with features, the oldest window first."""
    return [
        {
            "window": line.window,
            "provider": provider,
            "features": count,
            "outcome": line.outcome,
        }
        for line in scene.drawn_windows
        for provider, count in sorted(line.features.items())
    ]
