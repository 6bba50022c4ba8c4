"""Efficiency: features per percentage point, in this window and over all finalized windows."""

from collections.abc import Callable

from burnbook.meters import deltas, efficiency
from burnbook.preview.blocks import Values
from burnbook.preview.scene import Scene
from burnbook.view.parts import Part, Table, Title, number, percent

POSITION = 90


def values(scene: Scene) -> Values:
    """`efficiency`: by provider, the points of this window and the ratio over all windows."""
    features = scene.finalized.features if scene.finalized else {}
    providers = sorted({closing.provider for closing in scene.closings} | set(features))
    effect = scene.config.preview.effect
    return {
        "efficiency": [
            {
                "window": efficiency.points(scene.accounts, features, provider),
                "over_windows": efficiency.ratio(scene.history.results(provider), provider, effect),
            }
            for provider in providers
            if provider in features
        ]
    }


def show(values: Values, scene: Scene) -> list[Part]:
    """One row per provider. The interval and the power need n of 3 or more."""
    rows = []
    for entry in values["efficiency"]:
        here: efficiency.Points = entry["window"]
        over: efficiency.Ratio = entry["over_windows"]
        interval = "-" if over.low is None else f"{over.low:.3f} to {over.high:.3f}"
        power = percent(None if over.power is None else round(100 * over.power))
        if any(map(deltas.is_trivial, efficiency.meter_of(scene.accounts, here.provider))):
            points, ratio = "unknown", "-"
        else:
            points = _range(here.points_min, here.points_max, number)
            ratio = _range(here.per_point_min, here.per_point_max, lambda value: f"{value:.3f}")
        total = "-" if over.per_point is None else f"{over.per_point:.3f}"
        features = number(here.features)
        rows.append((here.provider, features, points, ratio, str(over.n), total, interval, power))
    if not rows:
        return []
    head = ("provider", "features", "points", "per point", "n", "ratio", "95% interval", "power")
    return [Title("Efficiency (features per percentage point)"), Table(head, rows, "<>>>>>>>")]


def _range(low: float | None, high: float | None, text: Callable[[float], str]) -> str:
    if low is None or high is None:
        if low is not None:
            return f"{text(low)} or more"
        return "-" if high is None else f"up to {text(high)}"
    return text(low) if low == high else f"{text(low)} to {text(high)}"
