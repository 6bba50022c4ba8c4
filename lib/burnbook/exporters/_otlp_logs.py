"""Requests as log records of OTLP/JSON: an event of the conventions for generative AI each."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from burnbook.config.accounts import Accounts
from burnbook.exporters._otlp_values import (
    SCOPE,
    attributes,
    cache_writes,
    input_tokens,
    names,
    nanos,
    resource,
    usd,
)
from burnbook.rows.usage import AgentUsage
from burnbook.usage.pricing import Pricing

EVENT = "gen_ai.client.inference.operation.details"
_RECORDS = 500  # of a line
_INFO = 9  # the severity


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


def _log_line(host: str, records: list[dict[str, Any]]) -> bytes:
    scope = {"scope": SCOPE, "logRecords": records}
    line = {"resourceLogs": [{"resource": resource(host), "scopeLogs": [scope]}]}
    return msgspec.json.encode(line) + b"\n"


def _record(row: AgentUsage, pricing: Pricing, accounts: Accounts) -> dict[str, Any]:
    tool, agent, account, provider, model = names(row, accounts)
    cost = usd(row, pricing)
    about = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.response.model": model,
        "gen_ai.conversation.id": row.session,
        "gen_ai.response.id": row.request_id,
        "gen_ai.usage.input_tokens": input_tokens(row),
        "gen_ai.usage.output_tokens": row.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": row.cache_read_tokens,
        "gen_ai.usage.cache_creation.input_tokens": cache_writes(row),
        "gen_ai.usage.reasoning.output_tokens": row.reasoning_tokens,
        "burnbook.tool": tool,
        "burnbook.agent": agent,
        "burnbook.account": account,
        "burnbook.window": row.window,
        "burnbook.row.id": row.id,
        "burnbook.cost.usd": cost.whole,
    }
    return {
        "timeUnixNano": nanos(row.ts),
        "observedTimeUnixNano": nanos(row.recorded_at),
        "severityNumber": _INFO,
        "severityText": "INFO",
        "eventName": EVENT,
        "attributes": attributes(about),
    }
