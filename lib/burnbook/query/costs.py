"""The proxy's requests as cost-compare needs them, from an engine."""

from collections.abc import Iterable, Sequence
from typing import Any

from burnbook.cost.comparison.compare import Requests, Sides, new
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.comparison.tally import PriceKey
from burnbook.engines import Engine
from burnbook.query.answer import run_file, set_params


def window_sides(engine: Engine) -> dict[str, Sides]:
    """The requests of every window by side."""
    engine.add("costs")
    windows: dict[str, Sides] = {}
    for window, *cell in run_file(engine, "window_costs").rows:
        _add(windows.setdefault(window, new()), cell)
    return windows


def compared_requests(engine: Engine, window: str) -> Requests | None:
    """The requests of a window by side and feature, without retries; None if there are none."""
    engine.add("costs")
    set_params(engine, window_id=("text", window))
    sides: dict[str | None, Sides] = {}
    without_model = 0
    for feature, *cell in run_file(engine, "compare_cells").rows:
        key, sums = _add(sides.setdefault(feature, new()), cell)
        if feature is None and key.model is None:
            without_model += sums.requests
    if not sides:
        return None
    _add_latencies(sides, run_file(engine, "compare_latencies").rows)
    whole = sides.pop(None)
    matched = {name: pair for name, pair in sorted(sides.items(), key=str) if name is not None}
    [(features, without_feature)] = run_file(engine, "compare_counts").rows
    return Requests(
        window=whole,
        matched=matched,
        unmatched=features - len(matched),
        without_feature=without_feature,
        without_model=without_model,
    )


def _add(sides: Sides, cell: Sequence[Any]) -> tuple[PriceKey, Sums]:
    """Add a row of compare_cells.sql, from is_routed on."""
    is_routed, is_ok, model, day, prompt_tokens, has_usd, *amounts = cell
    key = PriceKey(model, day, prompt_tokens, bool(has_usd), bool(is_ok))
    sums = Sums(*amounts)
    sides[is_routed].add(key, sums)
    return key, sums


def _add_latencies(sides: dict[str | None, Sides], rows: Iterable[Sequence[Any]]) -> None:
    counts: dict[tuple[str | None, int], dict[float, int]] = {}
    for feature, is_routed, latency, requests in rows:
        of_side = counts.setdefault((feature, is_routed), {})
        of_side[latency] = of_side.get(latency, 0) + requests
    for (feature, is_routed), of_side in counts.items():
        sides[feature][is_routed].add_latencies(of_side)
