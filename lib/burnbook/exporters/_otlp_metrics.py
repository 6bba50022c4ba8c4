"""Requests as metrics of OTLP/JSON: histograms of tokens by day, and their cost."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import msgspec

from burnbook.config.accounts import Accounts
from burnbook.cost.calculate import ATTO
from burnbook.exporters._otlp_values import (
    SCOPE,
    attributes,
    input_tokens,
    names,
    nanos,
    resource,
    usd,
)
from burnbook.rows.usage import AgentUsage
from burnbook.times import clock
from burnbook.usage.pricing import Pricing

USAGE = "gen_ai.client.token.usage"
COST = "burnbook.client.cost"
BOUNDS = tuple(4**power for power in range(14))
"""The boundaries of the histogram's buckets in tokens that the conventions ask for."""
_DELTA = 1  # the temporality: each point is about its own time alone


class _Group(NamedTuple):
    """What the requests of one data point have in common."""

    host: str
    day: date
    tool: str
    agent: str
    account: str
    provider: str
    model: str


class Histogram:
    """The distribution of a number of tokens."""

    def __init__(self) -> None:
        self.count = self.sum = self.max = 0
        self.min: int | None = None
        self.buckets = [0] * (len(BOUNDS) + 1)

    def add(self, value: int) -> None:
        """Adds a number."""
        self.count += 1
        self.sum += value
        self.max = max(self.max, value)
        self.min = value if self.min is None else min(self.min, value)
        self.buckets[bisect_left(BOUNDS, value)] += 1


class _Sums:
    """The sums of a group."""

    def __init__(self) -> None:
        self.tokens = {"input": Histogram(), "output": Histogram()}
        self.attos = 0


def metric_lines(
    rows: Iterable[AgentUsage], pricing: Pricing, accounts: Accounts, zone: tzinfo, now: datetime
) -> Iterator[tuple[bytes, int]]:
    """Yields a line of metrics for each host, and how many data points it has.

    A point is about one day in `zone`, which ends at `now` if it is today.
    """
    groups: dict[_Group, _Sums] = {}
    for row in rows:
        day = clock.to_wall(row.ts, zone).date()
        sums = groups.setdefault(_Group(row.host, day, *names(row, accounts)), _Sums())
        sums.tokens["input"].add(input_tokens(row))
        sums.tokens["output"].add(row.output_tokens)
        sums.attos += usd(row, pricing).attos
    hosts = dict.fromkeys(group.host for group in groups)
    for host in hosts:
        own = {group: sums for group, sums in sorted(groups.items()) if group.host == host}
        metrics = [*_metrics(own, zone, now)]
        scope = {"scope": SCOPE, "metrics": metrics}
        line = {"resourceMetrics": [{"resource": resource(host), "scopeMetrics": [scope]}]}
        yield msgspec.json.encode(line) + b"\n", 3 * len(own)


def _metrics(
    groups: Mapping[_Group, _Sums], zone: tzinfo, now: datetime
) -> Iterator[dict[str, Any]]:
    usage: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    for group, sums in groups.items():
        about = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": group.provider,
            "gen_ai.request.model": group.model,
            "gen_ai.response.model": group.model,
            "burnbook.tool": group.tool,
            "burnbook.agent": group.agent,
            "burnbook.account": group.account,
        }
        span = _span(group.day, zone, now)
        for kind, tokens in sums.tokens.items():
            of_kind = attributes({**about, "gen_ai.token.type": kind})
            usage.append({**span, "attributes": of_kind, **_histogram(tokens)})
        costs.append({**span, "attributes": attributes(about), "asDouble": sums.attos / ATTO})
    yield {
        "name": USAGE,
        "description": "Number of input and output tokens used.",
        "unit": "{token}",
        "histogram": {"aggregationTemporality": _DELTA, "dataPoints": usage},
    }
    yield {
        "name": COST,
        "description": "US dollars, as far as known.",
        "unit": "{USD}",
        "sum": {"aggregationTemporality": _DELTA, "isMonotonic": True, "dataPoints": costs},
    }


def _histogram(tokens: Histogram) -> dict[str, Any]:
    return {
        "count": str(tokens.count),
        "sum": tokens.sum,
        "min": tokens.min,
        "max": tokens.max,
        "bucketCounts": [*map(str, tokens.buckets)],
        "explicitBounds": BOUNDS,
    }


def _span(day: date, zone: tzinfo, now: datetime) -> dict[str, str]:
    began, ended = (
        clock.to_utc(datetime(each.year, each.month, each.day), zone)
        for each in (day, day + timedelta(1))
    )
    return {"startTimeUnixNano": nanos(began), "timeUnixNano": nanos(min(ended, now))}
