"""Every window, newest first: its tokens, USD, points, features, outcome and anomalies.

The figures are those of `windows`: tokens and USD of the agents' logs, else of the proxy.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cached_property
from typing import Any

from burnbook.base.text import plural, whole
from burnbook.cost.comparison import tally
from burnbook.cost.comparison.compare import Sides
from burnbook.cost.price_list import PriceList
from burnbook.engines import Columns, Engine
from burnbook.overview.used import Used
from burnbook.overview.windows import WindowLine, window_lines
from burnbook.query.answer import Answer, Asked, run_file, set_params
from burnbook.query.costs import window_sides
from burnbook.query.named.usage import usage_sums
from burnbook.query.source import Opened
from burnbook.times import clock
from burnbook.usage import pricing
from burnbook.usage.kinds import keyed
from burnbook.usage.queries import Filters

_COLUMNS: Columns = {
    "number": "integer",
    **dict.fromkeys(("window_id", "title", "state", "starts_at", "ends_at", "points"), "text"),
    "features": "real",
    "outcome": "text",
    "anomalies": "integer",
    "missed_resets": "integer",
}
_SHOWN = (
    *(("window", "window_id"), ("state", "state"), ("tokens", "tokens"), ("USD", "usd_known")),
    *(("points", "points"), ("features", "features"), ("outcome", "outcome")),
)
_ADDED = ("tokens", "tokens_from", "usd", "usd_known")


def run(opened: Opened, asked: Asked) -> Answer:
    """A row for each window."""
    engine = opened.engine
    used = UsedByEngine(engine, PriceList(opened.ctx.config.prices))
    lines = window_lines(opened.ctx, used=used)
    engine.set_table("window_facts", _COLUMNS, fact_rows(lines))
    set_params(engine, window_id=("text", asked.window))
    table = run_file(engine, "windows")
    at = {name: n for n, name in enumerate(table.columns)}
    rows = []
    for row in table.rows:
        log, proxy = row[at["log_new_tokens"]], row[at["proxy_new_tokens"]]
        tokens = proxy if log is None else log
        source = None if tokens is None else "feeds" if log is None else "logs"
        spent = used.of(row[at["window_id"]])
        rows.append([*row, tokens, source, spent.usd, spent.usd_known])
    text = plural(len(rows), "window")
    return Answer(text, [*table.columns, *_ADDED], rows, _SHOWN)


def fact_rows(lines: Sequence[WindowLine]) -> Iterator[Sequence[Any]]:
    """The rows of `window_facts`. Points are text such as `codex=40 claude=40..68`."""
    for number, line in enumerate(lines):
        moments = [value and clock.iso(value) for value in (line.starts_at, line.ends_at)]
        points = " ".join(
            f"{cost.provider}={whole(cost.points_min)}"
            if cost.points_min == cost.points_max
            else f"{cost.provider}={whole(cost.points_min)}..{whole(cost.points_max)}"
            for cost in line.points
            if cost.points_min is not None and cost.points_max is not None
        )
        features = sum(line.features.values()) if line.features else None
        yield (
            *(number, line.window, line.title, line.state, *moments, points or None),
            *(features, line.outcome, line.anomalies, line.missed_resets),
        )


class UsedByEngine:
    """What each window cost, priced here from the sums of an engine."""

    def __init__(self, engine: Engine, prices: PriceList) -> None:
        self._engine, self._prices = engine, prices
        engine.add("usage")
        engine.add("telemetry")
        self._logs: dict[str, pricing.Usd] = {}
        price = pricing.Pricing("auto", prices)
        has_hours = prices.has_hours
        groups = usage_sums(engine, "window", Filters(), UTC, has_hours, None)
        for key, counts in keyed(groups):
            if key.period is not None and (counts.requests or counts.total):
                usd = self._logs.get(key.period, pricing.NOTHING)
                self._logs[key.period] = usd.plus(price(key, counts).usd)

    @property
    def windows(self) -> list[str]:
        """The windows that have requests of agents' logs or of the proxy."""
        select = "SELECT DISTINCT g.window_id AS window_id FROM telemetry_groups AS g ORDER BY 1"
        names = [name for (name,) in self._engine.select(select).rows]
        return list(dict.fromkeys([*sorted(self._logs), *names]))

    def of(self, window: str) -> Used:
        """The USD of one window: according to the logs, else of the proxy."""
        if window in self._logs:
            usd = self._logs[window]
            return Used(None, None, usd.whole, usd.known)
        sides = self._proxy.get(window)
        if sides is None:
            return Used()
        both = tally.Tally()
        for side in sides:
            both.merge(side)
        cost = both.side(tally.Pricing("auto", self._prices))
        return Used(None, None, cost.usd, cost.usd_known)

    @cached_property
    def _proxy(self) -> dict[str, Sides]:
        select = "SELECT COUNT(*) AS requests FROM telemetry_groups"
        [(groups,)] = self._engine.select(select).rows
        return window_sides(self._engine) if groups else {}
