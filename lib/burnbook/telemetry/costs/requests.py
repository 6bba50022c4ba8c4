"""The requests of a window as cost-compare needs them, from the store."""

from sqlite3 import Connection

import msgspec

from burnbook.cost.comparison.compare import Requests, Sides, new
from burnbook.cost.comparison.retries import Retried, none
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.comparison.tally import PriceKey
from burnbook.store import queries
from burnbook.store.store import Store
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.costs.tables import WINDOW, load, sums_from
from burnbook.telemetry.traffic import unpack_counts


def cost_requests(store: Store, window: str) -> Requests | None:
    """The requests of a window, by side and by feature; None if there are none."""
    return stored_requests(store.view(features(store.root)), window)


def window_requests(store: Store, window: str) -> Sides | None:
    """The requests of a window by side, without those by feature; None if there are none."""
    cells = load(store.view(features(store.root)), window, WINDOW).cells
    sides = new()
    for cell, sums in cells.items():
        key = PriceKey(cell.model, cell.day, cell.prompt_tokens, cell.has_usd, cell.is_ok)
        sides[cell.is_routed].add(key, sums)
    return sides if cells else None


def stored_requests(database: Connection, window: str) -> Requests | None:
    """The same from the tables."""
    sides: dict[int, Sides] = {}
    names: dict[int, str] = {}
    for feature, name, *data in queries.run(database, "cost_features", window_id=window):
        names[feature] = name
        sides[feature] = new()
        sides[feature].baseline.add_latencies(unpack_counts(*data[:2]))
        sides[feature].routed.add_latencies(unpack_counts(*data[2:]))
    if not sides:
        return None
    without_model = 0
    for feature, routed, ok, model, day, prompt, has_usd, *sums in queries.run(
        database, "cost_requests", window_id=window
    ):
        cell = sums_from(sums)
        key = PriceKey(model, day, prompt, bool(has_usd), bool(ok))
        sides[feature][routed].add(key, cell)
        if feature == WINDOW and model is None:
            without_model += cell.requests
    whole = sides.pop(WINDOW)
    matched = {names[feature]: pair for feature, pair in sides.items() if pair.matched()}
    [(single, without_feature)] = queries.run(database, "cost_counts", window_id=window)
    return Requests(
        window=whole,
        matched=matched,
        unmatched=single + len(sides) - len(matched),
        without_feature=without_feature,
        without_model=without_model,
        retried=_retried(database, window),
    )


def _retried(database: Connection, window: str) -> dict[str | None, Retried]:
    """The failed routed requests that were retried on the baseline, by feature."""
    retried: dict[str | None, Retried] = {}
    for feature, model, day, prompt, has_usd, *retry, sums in queries.run(
        database, "cost_retries", window_id=window
    ):
        key = PriceKey(model, day, prompt, bool(has_usd), ok=False)
        of_feature = retried.setdefault(feature, none())
        of_feature.attempts.add(key, msgspec.json.decode(sums, type=Sums))
        of_feature.requests.add((retry[0], retry[1]))
    return retried
