"""The requests and errors of each lane, over the windows of the period."""

from typing import TYPE_CHECKING, Any

from burnbook.report.datasets.latency import merged
from burnbook.telemetry import summary

if TYPE_CHECKING:
    from burnbook.report.scene import Scene


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """A row for each lane, the one with most requests first."""
    traffic = merged(scene)
    errors = summary.errors_by_lane(traffic)
    lanes = sorted(summary.by_lane(traffic).items(), key=lambda lane: -lane[1].requests)
    return [
        {
            "lane": lane,
            "requests": sums.requests,
            "errors": errors.get(lane, 0),
            "error_percent": summary.percent(errors.get(lane, 0), sums.requests),
            "input_tokens": sums.input_tokens,
            "output_tokens": sums.output_tokens,
        }
        for lane, sums in lanes
    ]
