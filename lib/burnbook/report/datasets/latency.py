"""How long the requests of the period's windows took, on each side of the proxy."""

import math
from typing import TYPE_CHECKING, Any

from burnbook.telemetry import summary
from burnbook.telemetry.traffic import Traffic

if TYPE_CHECKING:
    from burnbook.report.scene import Scene

_BINS = 8  # of a decade
_SIDES = (("routed", True), ("baseline", False))


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Rows of two kinds for each side with requests.

    `bin`: the requests with a latency from `low` to `high` ms; the first bin has those under 1 ms,
    too. Both sides have the same bins. `percentile`: the exact p50 and p95, in ms.
    """
    traffic = merged(scene)
    counts = {name: traffic.routed if is_routed else traffic.baseline for name, is_routed in _SIDES}
    bins = {name: _bins(of_side) for name, of_side in counts.items() if of_side}
    numbers = [number for of_side in bins.values() for number in of_side]
    result: list[dict[str, Any]] = []
    for name, is_routed in _SIDES:
        if name not in bins:
            continue
        for number in range(min(numbers), max(numbers) + 1):
            low, high = (10 ** (edge / _BINS) for edge in (number, number + 1))
            count = bins[name].get(number, 0)
            result.append({"side": name, "kind": "bin", "low": low, "high": high, "count": count})
        latency = summary.side(traffic, is_routed).latency_ms
        for percentile, value in (("p50", latency.p50), ("p95", latency.p95)):
            if value is not None:
                result.append(
                    {"side": name, "kind": "percentile", "percentile": percentile, "ms": value}
                )
    return result


def merged(scene: "Scene") -> Traffic:
    """The traffic of all windows of the period together."""
    traffic = Traffic()
    for of_window in scene.traffic.values():
        traffic.merge(of_window)
    return traffic


def _bins(counts: dict[float, int]) -> dict[int, int]:
    """The requests by the number of their bin, from counts by latency."""
    bins: dict[int, int] = {}
    for latency, count in counts.items():
        number = math.floor(_BINS * math.log10(max(latency, 1.0)))
        bins[number] = bins.get(number, 0) + count
    return bins
