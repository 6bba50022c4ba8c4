"""Values of OTLP/JSON, and what a request is by the conventions for generative AI."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from burnbook import __version__
from burnbook.config.accounts import Accounts
from burnbook.cost.calculate import Usd
from burnbook.cost.facts import Facts
from burnbook.cost.model_names import VENDORS, reduce_name
from burnbook.rows.usage import AgentUsage
from burnbook.usage.counts import counts, prompt_tokens
from burnbook.usage.pricing import Pricing

SCOPE = {"name": "burnbook", "version": __version__}
# What the conventions call a provider, by the name that the price list has for it.
_PROVIDERS = {
    **{"google": "gcp.gemini", "vertex": "gcp.vertex_ai", "bedrock": "aws.bedrock"},
    **{"azure": "azure.ai.openai", "mistral": "mistral_ai", "x-ai": "x_ai"},
    **{"moonshotai": "moonshot_ai", "zai": "z_ai"},
}


class _Priced(NamedTuple):
    """What the price of one request depends on."""

    has_usd: bool
    day: date
    facts: Facts


def resource(host: str) -> dict[str, Any]:
    """Returns the resource: burnbook on the host that booked a row."""
    names = {"service.name": "burnbook", "service.version": __version__, "host.name": host}
    return {"attributes": attributes(names)}


def attributes(values: Mapping[str, str | int | float | None]) -> list[dict[str, Any]]:
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


def nanos(moment: datetime) -> str:
    """Returns a moment as OTLP has it: nanoseconds since 1970, as text."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return str(micros * 1000)


def names(row: AgentUsage, accounts: Accounts) -> tuple[str, str, str, str, str]:
    """Tool, agent, account, provider and model; empty if unknown."""
    name = reduce_name(row.model or "", row.served_by)
    # Logs of Claude Code say Anthropic of every model, also of those behind a proxy.
    is_vendor = name.served_by in VENDORS
    seller = (name.vendor if is_vendor else name.served_by) or name.served_by or "unknown"
    account = accounts.name(row.tool, row.home, row.agent) or ""
    provider = _PROVIDERS.get(seller, seller)
    return row.tool, row.agent or "", account, provider, row.model or ""


def input_tokens(row: AgentUsage) -> int:
    """All tokens that were sent, which the conventions count as input: cached ones too."""
    return row.input_tokens + row.cache_read_tokens + cache_writes(row)


def cache_writes(row: AgentUsage) -> int:
    """The tokens that a cache took."""
    return row.cache_write_5m_tokens + row.cache_write_1h_tokens


def usd(row: AgentUsage, pricing: Pricing) -> Usd:
    """The cost of one request."""
    at = row.ts.astimezone(UTC)
    facts = Facts(
        *(row.model, row.served_by, row.speed, row.service_tier, row.inference_geo),
        prompt_tokens=prompt_tokens(row),
        quarter=at.hour * 4 + at.minute // 15,
    )
    return pricing(_Priced(bool(row.usd), at.date(), facts), counts(row)).usd
