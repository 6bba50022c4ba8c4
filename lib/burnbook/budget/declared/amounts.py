"""What counts against a budget: new tokens or USD of agents' logs, else of the proxy.

USD are list prices of the requests' days. A request without a price makes the sum "at least".
"""

from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from burnbook.base.files import without_home
from burnbook.budget.agent_share import NOT_KNOWN, owner
from burnbook.budget.budget import NO_REQUESTS
from burnbook.budget.declared.periods import Period
from burnbook.config.budgets import Budget
from burnbook.context import Context
from burnbook.cost.facts import Facts
from burnbook.store import queries
from burnbook.store.queries import QUARTER
from burnbook.store.store import Store

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Traffic

From = Literal["logs", "feeds", "meters"]
FEED_SCOPE = "proxy-has-no-scope"
FEED_PRICE = "proxy-price-by-window-only"
_DAY = 96  # quarter-hours


class Amounts(Struct, frozen=True):
    """What was used in a period, and by quarter-hour (epoch seconds // 900) if that is known.

    `total` is the known part; `reason` explains why it is not all, or null why there is none.
    """

    total: float | None
    pace: Mapping[int, float]
    source: From | None
    reason: str | None = None


class Span(Struct, frozen=True):
    """Quarter-hours, the last one not included, and the window, if the budget is of one."""

    since: int
    until: int
    window: str | None


def span_of(budget: Budget, period: Period, now: datetime) -> Span:
    """Returns what a period covers up to a moment. Requests of a window are those booked in it."""
    until = int(now.timestamp()) // QUARTER + 1
    if budget.per == "window" or period.starts_at is None or period.ends_at is None:
        return Span(0, until, period.name)
    first, last = (int(at.timestamp()) // QUARTER for at in (period.starts_at, period.ends_at))
    return Span(first, min(until, last), None)


def used(ctx: Context, budget: Budget, span: Span, users: Mapping[str, Set[str]]) -> Amounts:
    """Returns what requests used. `users` are the agents with meters, by provider."""
    return (
        _of_logs(ctx, budget, span, users)
        or _of_feeds(ctx, budget, span)
        or Amounts(0, {}, None, NO_REQUESTS)
    )


def _of_logs(
    ctx: Context, budget: Budget, span: Span, users: Mapping[str, Set[str]]
) -> Amounts | None:
    """Returns None if no log has a request of the period, of whatever scope."""
    from burnbook.cost.calculate import ATTO
    from burnbook.cost.price_list import PriceList
    from burnbook.usage.counts import Counts
    from burnbook.usage.kinds import Key, utc_day
    from burnbook.usage.pricing import Pricing
    from burnbook.usage.projection import USAGE
    from burnbook.usage.report import new_tokens

    database = ctx.store.view(USAGE)
    origins = database.execute(
        "SELECT id, tool, model, served_by, home, agent, project FROM usage_origins AS origin"
        " WHERE (? IS NULL OR window_id = ?) AND EXISTS (SELECT 1 FROM usage_cells"
        " WHERE usage_cells.origin = origin.id AND requests <> 0"
        " AND quarter >= ? AND quarter < ?)",
        (span.window, span.window, span.since, span.until),
    ).fetchall()
    if not origins:
        return None
    is_wanted = _matcher(ctx, budget, users)
    matches = [(origin[0], is_wanted(*origin[1:])) for origin in origins]
    reason = NOT_KNOWN if any(is_match is None for _, is_match in matches) else None
    queries.set_wanted(database, (origin for origin, is_match in matches if is_match))
    pricing = Pricing("calculated", PriceList(ctx.config.prices)) if budget.unit == "usd" else None
    pace: dict[int, float] = {}
    attos: dict[int, int] = {}
    for quarter, model, has_usd, *values in queries.run(
        database, "budget_usage", since=span.since, until=span.until
    ):
        sums = Counts(*values[5:])
        if pricing is None:
            pace[quarter] = pace.get(quarter, 0) + new_tokens(sums)
            continue
        speed, tier, geo, served_by, prompt = values[:5]
        facts = Facts(model, served_by, speed, tier, geo, prompt, quarter=quarter % _DAY)
        priced = pricing(Key(None, "", model, bool(has_usd), facts, utc_day(quarter)), sums)
        attos[quarter] = attos.get(quarter, 0) + priced.usd.attos
        reason = reason or priced.reason
    if pricing is not None:
        pace = {quarter: amount / ATTO for quarter, amount in attos.items()}
    total = sum(attos.values()) / ATTO if pricing is not None else sum(pace.values())
    return Amounts(total, pace, "logs", reason)


def _matcher(
    ctx: Context, budget: Budget, users: Mapping[str, Set[str]]
) -> Callable[..., bool | None]:
    """Returns a test of an origin: None if it is unknown whether it belongs to the agent."""
    from burnbook.cost.meter_provider import meter_provider

    def is_wanted(
        tool: str,
        model: str | None,
        served_by: str | None,
        home: str | None,
        agent: str | None,
        project: str | None,
    ) -> bool | None:
        if budget.provider not in (None, meter_provider(tool, model, served_by)):
            return False
        if budget.account not in (None, ctx.config.accounts.name(tool, home, agent)):
            return False
        if budget.project is not None and not _matches(project, without_home(budget.project)):
            return False
        if budget.agent is None:
            return True
        owners = owner(users, tool, agent)
        return None if len(owners) > 1 and budget.agent in owners else owners == {budget.agent}

    return is_wanted


def _matches(project: str | None, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return project is not None and fnmatchcase(project, literal)


def _of_feeds(ctx: Context, budget: Budget, span: Span) -> Amounts | None:
    """Returns None if no feed has a request of the period."""
    traffics = dict(_traffics(ctx.store, span))
    pace: dict[int, float] = {}
    for traffic in traffics.values():
        for bucket, tokens in traffic.pace.items():
            quarter = bucket * 600 // QUARTER
            if span.window is not None or span.since <= quarter < span.until:
                pace[quarter] = pace.get(quarter, 0) + tokens
    if not pace and not (span.window is not None and traffics):
        return None
    if budget.scope.keys() - {"provider"} or (budget.provider and span.window is None):
        return Amounts(None, {}, "feeds", FEED_SCOPE)
    if budget.unit == "usd":
        return _feed_price(ctx, budget, span.window)
    if budget.provider is None:
        return Amounts(sum(pace.values()), pace, "feeds")
    groups = traffics[span.window or ""].groups.items()
    of_provider = [sums.new_tokens for key, sums in groups if _is_of(budget, key[2], key[3])]
    return Amounts(sum(of_provider), {}, "feeds")


def _traffics(store: Store, span: Span) -> Iterator[tuple[str, "Traffic"]]:
    from burnbook.telemetry.queries import traffic_windows, window_traffic

    for window in traffic_windows(store):
        if span.window in (None, window):
            traffic = window_traffic(store, window)
            if traffic is not None:
                yield window, traffic


def _is_of(budget: Budget, lane: str | None, model: str | None) -> bool:
    from burnbook.cost.meter_provider import provider_of

    return budget.provider in (None, lane, provider_of(model, None))


def _feed_price(ctx: Context, budget: Budget, window: str | None) -> Amounts:
    from burnbook.cost.calculate import ATTO
    from burnbook.cost.comparison.tally import Pricing
    from burnbook.cost.price_list import PriceList
    from burnbook.telemetry.costs.requests import cost_requests

    requests = cost_requests(ctx.store, window) if window is not None else None
    if requests is None:
        return Amounts(None, {}, "feeds", FEED_PRICE)
    pricing = Pricing("calculated", PriceList(ctx.config.prices))
    attos, reason = 0, None
    for side in (requests.window.baseline, requests.window.routed):
        for key, cell in side.cells.items():
            if _is_of(budget, None, key.model):
                priced = pricing(key, cell)
                attos += priced.usd.attos
                reason = reason or priced.reason
                if cell.unknown:
                    reason = reason or "requests without token counts"
    return Amounts(attos / ATTO, {}, "feeds", reason)
