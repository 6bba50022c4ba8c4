"""The tokens and dollars of windows: from agents' logs, else from the proxy's requests."""

from typing import NamedTuple

from burnbook.book import journal
from burnbook.budget.tokens_used import From, actual, sources
from burnbook.context import Context
from burnbook.cost.comparison import tally
from burnbook.cost.price_list import PriceList
from burnbook.telemetry.costs.requests import cost_requests
from burnbook.telemetry.queries import has_traffic, window_traffic
from burnbook.usage import pricing, queries
from burnbook.usage.counts import Counts
from burnbook.usage.kinds import Key
from burnbook.usage.queries import Filters


class Used(NamedTuple):
    """What a window used; null if nothing is known. `usd` is null if a part of it is unknown."""

    tokens: int | None = None
    source: From | None = None
    usd: float | None = None
    usd_known: float | None = None


class UsedTokens:
    """What each window used. The logs' sums of all windows are read once, from the store."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._prices = PriceList(ctx.config.prices)
        self._logs: dict[str, list[tuple[Key, Counts]]] = {}
        if journal.size(journal.path_of(ctx.book.root, "agent_usage")):
            has_hours = self._prices.has_hours
            sums = queries.sums(ctx.store, "window", Filters(), has_hours=has_hours)
            for key, counts in sums:
                if key.period is not None and (counts.requests or counts.total):
                    self._logs.setdefault(key.period, []).append((key, counts))

    @property
    def windows(self) -> list[str]:
        """The windows that agents' logs have requests of."""
        return list(self._logs)

    def of(self, window: str) -> Used:
        """What one window used: according to the logs, else to the proxy, never both added."""
        sums = self._logs.get(window)
        if sums is not None:
            price = pricing.Pricing("auto", self._prices)
            usd = pricing.NOTHING
            for key, counts in sums:
                usd = usd.plus(price(key, counts).usd)
            return Used(*actual(sources(None, sums)), usd.whole, usd.known)
        if not has_traffic(self._ctx.store, window):
            return Used()
        used = Used(*actual(sources(window_traffic(self._ctx.store, window), None)))
        requests = cost_requests(self._ctx.store, window)
        if requests is None:
            return used
        both = tally.Tally()
        for side in requests.window:
            both.merge(side)
        cost = both.side(tally.Pricing("auto", self._prices))
        return used._replace(usd=cost.usd, usd_known=cost.usd_known)
