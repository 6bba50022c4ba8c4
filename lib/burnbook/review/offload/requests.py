"""The requests of a window as cost-compare needs them: from the proxy's log, else agents' logs.

An agent's own log has the requests of its subagents too, with the models that served them. Where
there is a proxy's log, only that counts, because the same requests are in both.
"""

from fnmatch import fnmatchcase

from burnbook.config.agent_logs import LogFeed, Routed
from burnbook.context import Context
from burnbook.cost.comparison.compare import Requests, new
from burnbook.cost.comparison.sums import Sums
from burnbook.cost.comparison.tally import PriceKey
from burnbook.cost.model_names import SELLERS, reduce_name
from burnbook.telemetry.costs.requests import cost_requests
from burnbook.usage.counts import Counts
from burnbook.usage.queries import window_sums


class Declared:
    """Which requests the feeds of agents' logs declare as routed."""

    def __init__(self, ctx: Context) -> None:
        self._config = ctx.config
        self._routed: dict[str, Routed] = {}

    def routed(self, tool: str) -> Routed:
        """The declaration of a tool's feed; the default where there is no such feed."""
        if tool not in self._routed:
            feed = self._config.feed(tool) if tool in self._config.feed_names else None
            self._routed[tool] = feed.routed if isinstance(feed, LogFeed) else Routed()
        return self._routed[tool]


def offloaded_requests(ctx: Context, window: str) -> Requests | None:
    """The requests of a window; None if no log has any."""
    return cost_requests(ctx.store, window) or _logged(ctx, window)


def _logged(ctx: Context, window: str) -> Requests | None:
    """The requests of a window in agents' logs: without features, all of them healthy."""
    sides = new()
    declared = Declared(ctx)
    count, without_model = 0, 0
    for key, counts in window_sums(ctx.store, window):
        if not counts.requests and not counts.total:
            continue  # left over where a log reported the cost of a request later
        facts = key.facts
        size = facts.prompt_tokens or 0
        price_key = PriceKey(key.model, str(key.day), size, key.has_usd, ok=True, facts=facts)
        routed = is_routed(key.model, facts.served_by, declared.routed(key.tool))
        sides[routed].add(price_key, sums_of(counts))
        count += counts.requests
        without_model += counts.requests if key.model is None else 0
    if not count:
        return None
    return Requests(sides, {}, 0, count, without_model, source="agent_usage")


def is_routed(model: str | None, served_by: str | None, routed: Routed) -> bool:
    """Returns whether a request in an agent's log counts as routed."""
    name = reduce_name(model or "", served_by)
    sellers = {name.served_by, (served_by or "").lower()}
    declared = {SELLERS.get(each.lower(), each.lower()) for each in routed.served_by}
    return not sellers.isdisjoint(declared) or any(
        fnmatchcase(each, pattern.lower())
        for each in ((model or "").lower(), name.name)
        for pattern in routed.models
    )


def sums_of(counts: Counts) -> Sums:
    """The sums of requests in an agent's log, in which cached input is a part of the input."""
    written = counts.cache_write_5m + counts.cache_write_1h
    sent = counts.input + counts.cache_read + written
    kinds = (sent, counts.output, counts.cache_read, written)
    return Sums(
        counts.requests,
        *kinds,
        # No healthy request used no tokens: there, the log does not have them.
        0 if counts.total else counts.requests,
        *kinds,
        counts.cache_write_1h,
        counts.usd_nanos,
        counts.usd_requests,
        counts.web_searches,
    )
