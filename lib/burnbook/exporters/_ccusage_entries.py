"""The entries of ccusage's reports, from sums of the store."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from burnbook.context import Context
from burnbook.cost.price_list import PriceList
from burnbook.times import clock
from burnbook.usage import block_report, queries
from burnbook.usage.booked_rows import session_key
from burnbook.usage.counts import Counts
from burnbook.usage.pricing import NOTHING, Pricing, Usd
from burnbook.usage.projection import USAGE
from burnbook.usage.queries import Filters
from burnbook.windows.accounts.pools import BlockPools

_UNKNOWN = "unknown"


class Sums(NamedTuple):
    """Tokens, and what is known of their cost."""

    counts: Counts
    usd: Usd


# The sums of a period by tool and model.
Parts = dict[tuple[str, str], Sums]


class Totals:
    """The sums of all periods, and the models of which a cost is unknown."""

    def __init__(self) -> None:
        self.sums = Sums(Counts(), NOTHING)
        self.unpriced: set[str] = set()

    def add(self, sums: Sums) -> None:
        """Adds the sums of a period."""
        self.sums.counts.add(sums.counts)
        self.sums = self.sums._replace(usd=self.sums.usd.plus(sums.usd))


def periods(
    ctx: Context, report: str, filters: Filters, totals: Totals
) -> Iterator[dict[str, Any]]:
    """Yields the entries of `daily`, `weekly` or `monthly`, the oldest first."""
    for period, parts in sorted(_parts(ctx, report, filters, totals).items()):
        tools = sorted({tool for tool, _ in parts})
        name = _monday(period) if report == "weekly" else period
        yield _entry(name, "all", {"agents": tools}, parts, totals)


def sessions(ctx: Context, filters: Filters, totals: Totals) -> Iterator[dict[str, Any]]:
    """Yields an entry for each session of each tool, by their cost."""
    ends = dict(ctx.store.view(USAGE).execute("SELECT session, ends FROM usage_sessions"))
    by_session: dict[tuple[str, str], Parts] = {}
    for session, parts in _parts(ctx, "session", filters, totals).items():
        for (tool, model), sums in parts.items():
            by_session.setdefault((tool, session), {})[tool, model] = sums
    order = sorted(by_session, key=lambda key: (-_sum(by_session[key]).usd.attos, key))
    for tool, session in order:
        parts = by_session[tool, session]
        metadata: dict[str, Any] = {}
        end = ends.get(session_key(tool, session or None))
        if end is not None:
            metadata["lastActivity"] = _iso(datetime.fromtimestamp(end / 1000, UTC))
        reasoning = _sum(parts).counts.reasoning
        if reasoning:
            metadata["reasoningOutputTokens"] = reasoning
        yield _entry(session or _UNKNOWN, tool, metadata, parts, totals)


def blocks(ctx: Context, filters: Filters, totals: Totals) -> Iterator[dict[str, Any]]:
    """Yields the five-hour blocks of Claude, the oldest first. A time in between has no entry."""
    filters = filters._replace(tools=("claude",))
    pools = BlockPools(ctx, queries.homes(ctx.store))
    rows = block_report.sums(ctx, filters, ctx.config.zone, pools, None)
    by_block: dict[Any, Parts] = {}
    pricing = _pricing(ctx)
    for key, counts in rows:
        _add(
            by_block.setdefault(key.period, {}),
            key.tool,
            key.model,
            counts,
            pricing(key, counts).usd,
        )
    now = clock.now()
    ids: set[str] = set()
    for span in sorted(by_block):
        parts = by_block[span]
        sums = _sum(parts)
        totals.add(sums)
        totals.unpriced |= _unpriced(parts)
        start = _iso(span.starts_at)
        name = start if start not in ids else f"{start} {span.account}"
        ids.add(name)
        counts = sums.counts
        yield {
            "actualEndTime": None,
            "burnRate": None,
            "costUSD": sums.usd.known,
            "endTime": _iso(span.ends_at),
            "entries": counts.requests,
            "id": name,
            "isActive": span.starts_at <= now < span.ends_at,
            "isGap": False,
            "models": sorted({model for _, model in parts}),
            "projection": None,
            "startTime": start,
            "tokenCounts": {
                "cacheCreationInputTokens": counts.cache_write_5m + counts.cache_write_1h,
                "cacheReadInputTokens": counts.cache_read,
                "inputTokens": counts.input,
                "outputTokens": counts.output,
            },
            "totalTokens": counts.total,
        }


def figures(sums: Sums) -> dict[str, Any]:
    """Returns the totals of a report."""
    return {**_tokens(sums.counts), "totalCost": sums.usd.known, "totalTokens": sums.counts.total}


def _parts(ctx: Context, report: str, filters: Filters, totals: Totals) -> Mapping[str, Parts]:
    pricing, by_period = _pricing(ctx), dict[str, Parts]()
    has_hours = pricing.prices.has_hours
    for key, counts in queries.sums(ctx.store, report, filters, ctx.config.zone, has_hours):
        if counts.requests or counts.total:
            parts = by_period.setdefault(key.period or "", {})
            _add(parts, key.tool, key.model, counts, pricing(key, counts).usd)
    return by_period


def _pricing(ctx: Context) -> Pricing:
    return Pricing("auto", PriceList(ctx.config.prices))


def _add(parts: Parts, tool: str, model: str | None, counts: Counts, usd: Usd) -> None:
    name = tool, model or _UNKNOWN
    have = parts.setdefault(name, Sums(Counts(), NOTHING))
    have.counts.add(counts)
    parts[name] = have._replace(usd=have.usd.plus(usd))


def _entry(
    period: str, agent: str, metadata: dict[str, Any], parts: Parts, totals: Totals
) -> dict[str, Any]:
    sums = _sum(parts)
    totals.add(sums)
    totals.unpriced |= _unpriced(parts)
    models: dict[str, Sums] = {}
    for (_, model), part in parts.items():
        have = models.setdefault(model, Sums(Counts(), NOTHING))
        have.counts.add(part.counts)
        models[model] = have._replace(usd=have.usd.plus(part.usd))
    order = sorted(models, key=lambda model: (-models[model].usd.attos, model))
    return {
        "agent": agent,
        "metadata": metadata,
        "modelBreakdowns": [
            {**_tokens(models[m].counts), "cost": models[m].usd.known, "modelName": m}
            for m in order
        ],
        "modelsUsed": sorted(models),
        "period": period,
        **figures(sums),
    }


def _sum(parts: Parts) -> Sums:
    counts, usd = Counts(), NOTHING
    for part in parts.values():
        counts.add(part.counts)
        usd = usd.plus(part.usd)
    return Sums(counts, usd)


def _unpriced(parts: Parts) -> set[str]:
    return {model for (_, model), part in parts.items() if not part.usd.is_whole}


def _tokens(counts: Counts) -> dict[str, int]:
    return {
        "cacheCreationTokens": counts.cache_write_5m + counts.cache_write_1h,
        "cacheReadTokens": counts.cache_read,
        "inputTokens": counts.input,
        "outputTokens": counts.output,
    }


def _monday(week: str) -> str:
    """Returns the first day of an ISO week such as 2026-W47."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1).isoformat()


def _iso(moment: datetime) -> str:
    """Returns a moment as JavaScript writes it: UTC, with milliseconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
