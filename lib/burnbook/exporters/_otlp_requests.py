"""Requests as log records and as histograms of OTLP/JSON, by the conventions for generative AI."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import msgspec

from burnbook import __version__
from burnbook.config.accounts import Accounts
from burnbook.cost.calculate import ATTO, Usd
from burnbook.cost.facts import Facts
from burnbook.cost.model_names import VENDORS, reduce_name
from burnbook.rows.usage import AgentUsage
from burnbook.times import clock
from burnbook.usage.counts import counts, prompt_tokens
from burnbook.usage.pricing import Pricing

EVENT = "gen_ai.client.inference.operation.details"
USAGE = "gen_ai.client.token.usage"
COST = "burnbook.client.cost"
BOUNDS = tuple(4**power for power in range(14))
"""The boundaries of the histogram's buckets in tokens that the conventions ask for."""
_RECORDS = 500  # of a line
_DELTA = 1  # the temporality: each point is about its own time alone
_INFO = 9  # the severity
# What the conventions call a provider, by the name that the price list has for it.
_PROVIDERS = {
    **{"google": "gcp.gemini", "vertex": "gcp.vertex_ai", "bedrock": "aws.bedrock"},
    **{"azure": "azure.ai.openai", "mistral": "mistral_ai", "x-ai": "x_ai"},
    **{"moonshotai": "moonshot_ai", "zai": "z_ai"},
}
_SCOPE = {"name": "burnbook", "version": __version__}


class _Priced(NamedTuple):
    """What the price of one request depends on."""

    has_usd: bool
    day: date
    facts: Facts


class _Group(NamedTuple):
    """What the requests of one data point have in common."""

    host: str
    day: date
    tool: str
    agent: str
    account: str
    provider: str
    model: str


class _Histogram:
    """The distribution of a number of tokens."""

    def __init__(self) -> None:
        self.count = self.sum = self.max = 0
        self.min: int | None = None
        self.buckets = [0] * (len(BOUNDS) + 1)

    def add(self, value: int) -> None:
        self.count += 1
        self.sum += value
        self.max = max(self.max, value)
        self.min = value if self.min is None else min(self.min, value)
        self.buckets[bisect_left(BOUNDS, value)] += 1


class _Sums:
    """The sums of a group."""

    def __init__(self) -> None:
        self.tokens = {"input": _Histogram(), "output": _Histogram()}
        self.attos = 0


def log_lines(
    rows: Iterable[AgentUsage], pricing: Pricing, accounts: Accounts
) -> Iterator[tuple[bytes, int]]:
    """Yields lines of log records, one record for each request, and how many each line has."""
    by_host: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        records = by_host.setdefault(row.host, [])
        records.append(_record(row, pricing, accounts))
        if len(records) == _RECORDS:
            yield _log_line(row.host, records), len(records)
            by_host[row.host] = []
    for host, records in by_host.items():
        if records:
            yield _log_line(host, records), len(records)


def metric_lines(
    rows: Iterable[AgentUsage], pricing: Pricing, accounts: Accounts, zone: tzinfo, now: datetime
) -> Iterator[tuple[bytes, int]]:
    """Yields a line of metrics for each host, and how many data points it has.

    A point is about one day in `zone`, which ends at `now` if it is today.
    """
    groups: dict[_Group, _Sums] = {}
    for row in rows:
        day = clock.to_wall(row.ts, zone).date()
        sums = groups.setdefault(_Group(row.host, day, *_names(row, accounts)), _Sums())
        sums.tokens["input"].add(_input(row))
        sums.tokens["output"].add(row.output_tokens)
        sums.attos += _usd(row, pricing).attos
    hosts = dict.fromkeys(group.host for group in groups)
    for host in hosts:
        own = {group: sums for group, sums in sorted(groups.items()) if group.host == host}
        metrics = [*_metrics(own, zone, now)]
        resource = {"resource": _resource(host)}
        scope = {"scope": _SCOPE, "metrics": metrics}
        line = {"resourceMetrics": [{**resource, "scopeMetrics": [scope]}]}
        yield msgspec.json.encode(line) + b"\n", 3 * len(own)


def _log_line(host: str, records: list[dict[str, Any]]) -> bytes:
    scope = {"scope": _SCOPE, "logRecords": records}
    line = {"resourceLogs": [{"resource": _resource(host), "scopeLogs": [scope]}]}
    return msgspec.json.encode(line) + b"\n"


def _record(row: AgentUsage, pricing: Pricing, accounts: Accounts) -> dict[str, Any]:
    tool, agent, account, provider, model = _names(row, accounts)
    usd = _usd(row, pricing)
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.conversation.id": row.session,
        "gen_ai.response.id": row.request_id,
        "gen_ai.usage.input_tokens": _input(row),
        "gen_ai.usage.output_tokens": row.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": row.cache_read_tokens,
        "gen_ai.usage.cache_creation.input_tokens": _writes(row),
        "gen_ai.usage.reasoning.output_tokens": row.reasoning_tokens,
        "burnbook.tool": tool,
        "burnbook.agent": agent,
        "burnbook.account": account,
        "burnbook.window": row.window,
        "burnbook.row.id": row.id,
        "burnbook.cost.usd": usd.whole,
    }
    return {
        "timeUnixNano": _nanos(row.ts),
        "observedTimeUnixNano": _nanos(row.recorded_at),
        "severityNumber": _INFO,
        "severityText": "INFO",
        "eventName": EVENT,
        "attributes": _attributes(attributes),
    }


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
            attributes = _attributes({**about, "gen_ai.token.type": kind})
            usage.append({**span, "attributes": attributes, **_histogram(tokens)})
        costs.append({**span, "attributes": _attributes(about), "asDouble": sums.attos / ATTO})
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


def _histogram(tokens: _Histogram) -> dict[str, Any]:
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
    return {"startTimeUnixNano": _nanos(began), "timeUnixNano": _nanos(min(ended, now))}


def _names(row: AgentUsage, accounts: Accounts) -> tuple[str, str, str, str, str]:
    """Tool, agent, account, provider and model; empty if unknown."""
    name = reduce_name(row.model or "", row.served_by)
    # Logs of Claude Code say Anthropic of every model, also of those behind a proxy.
    is_vendor = name.served_by in VENDORS
    seller = (name.vendor if is_vendor else name.served_by) or name.served_by or "unknown"
    account = accounts.name(row.tool, row.home, row.agent) or ""
    provider = _PROVIDERS.get(seller, seller)
    return row.tool, row.agent or "", account, provider, row.model or ""


def _input(row: AgentUsage) -> int:
    """All tokens that were sent, which the conventions count as input: cached ones too."""
    return row.input_tokens + row.cache_read_tokens + _writes(row)


def _writes(row: AgentUsage) -> int:
    return row.cache_write_5m_tokens + row.cache_write_1h_tokens


def _usd(row: AgentUsage, pricing: Pricing) -> Usd:
    at = row.ts.astimezone(UTC)
    facts = Facts(
        *(row.model, row.served_by, row.speed, row.service_tier, row.inference_geo),
        prompt_tokens=prompt_tokens(row),
        quarter=at.hour * 4 + at.minute // 15,
    )
    return pricing(_Priced(bool(row.usd), at.date(), facts), counts(row)).usd


def _resource(host: str) -> dict[str, Any]:
    names = {"service.name": "burnbook", "service.version": __version__, "host.name": host}
    return {"attributes": _attributes(names)}


def _attributes(values: Mapping[str, str | int | float | None]) -> list[dict[str, Any]]:
    """Returns attributes; those without a value are left out. Whole numbers are text in OTLP."""
    return [
        {"key": key, "value": _value(value)}
        for key, value in values.items()
        if value not in (None, "")
    ]


def _value(value: str | int | float | None) -> dict[str, Any]:
    if isinstance(value, str):
        return {"stringValue": value}
    return {"intValue": str(value)} if isinstance(value, int) else {"doubleValue": value}


def _nanos(moment: datetime) -> str:
    """Returns a moment as OTLP has it: nanoseconds since 1970, as text."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return str(micros * 1000)
