"""Cursor: the JSON of its dashboard, `/api/usage-summary`.

    {"billingCycleStart": "2026-11-01T00:00:00.000Z", "billingCycleEnd": "2026-12-01T00:00:00.000Z",
     "membershipType": "pro", "individualUsage": {"plan": {"enabled": true, "used": 1500,
     "limit": 2000, "remaining": 500, "autoPercentUsed": 10.5, "apiPercentUsed": 60,
     "totalPercentUsed": 30.0}, "onDemand": {"enabled": true, "used": 500, "limit": 10000}}}

gives the meters `monthly`, `auto:monthly` and `api:monthly`, and amounts: the vendor counts cents.
`planUsage` of the dashboard's other answer, and the requests of older plans (`/api/usage`), are
read too. What `/usage` draws in a terminal is not published, so it is `not-understood`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import objects, readings
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

METERS = {"monthly": 43_200, "auto:monthly": 43_200, "api:monthly": 43_200}

_MONTH = 43_200
_MAX_VALUES = 64
_LANES = (("auto:monthly", "autoPercentUsed"), ("api:monthly", "apiPercentUsed"))
_POOLS = (
    ("individualUsage", "overall", "overall"),
    ("individualUsage", "onDemand", "on-demand"),
    ("teamUsage", "pooled", "team"),
    ("teamUsage", "onDemand", "team-on-demand"),
)


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the answers in `text`. Never raises."""
    errors = Errors()
    values = objects(text)[-_MAX_VALUES:]
    meters: dict[str, Meter] = {}
    amounts: dict[str, Amount] = {}
    plan = email = None
    for value in values:
        for meter in _meters(value):
            meters[meter.name] = meter
        for amount in _amounts(value):
            amounts[amount.name] = amount
        plan = _word(value.get("membershipType")) or plan
        email = _word(value.get("email")) or email
    shown = readings(meters.values(), errors)
    if not shown:
        if not values and "%" in text:
            errors.add("not-understood")
        _refusals.note("" if amounts else text, errors)
    return Pane(
        shown,
        plan=plan,
        account=email if email and "@" in email else None,
        amounts=tuple(amounts.values()),
        errors=errors.words(),
    )


def _meters(value: Mapping[str, Any]) -> Iterator[Meter]:
    end = rate_limits.moment(_epoch(value.get("billingCycleEnd")))
    plan = _plan(value)
    used = rate_limits.percent(plan.get("totalPercentUsed"))
    if used is None:
        used = _share(plan.get("used", plan.get("totalSpend")), plan.get("limit"))
    if used is None:
        overall = _inside(value, "individualUsage", "overall")
        used = _share(overall.get("used"), overall.get("limit"))
    if used is not None:
        yield Meter("monthly", used, _MONTH, end)
    for name, field in _LANES:
        if (percent := rate_limits.percent(plan.get(field))) is not None:
            yield Meter(name, percent, _MONTH, end)
    requests = value.get("gpt-4")
    if isinstance(requests, dict):
        count = requests.get("numRequestsTotal", requests.get("numRequests"))
        used = _share(count, requests.get("maxRequestUsage"))
        if used is not None:
            yield Meter("monthly", used, _MONTH, None)


def _amounts(value: Mapping[str, Any]) -> Iterator[Amount]:
    groups = [("monthly", _plan(value))]
    groups += [(name, _inside(value, *keys)) for *keys, name in _POOLS]
    for name, group in groups:
        if group.get("enabled") is False:
            continue
        fields = (group.get("used", group.get("totalSpend")), group.get("limit"))
        cents = [rate_limits.amount(field) for field in (*fields, group.get("remaining"))]
        if any(cents):
            usd = (None if cent is None else round(cent / 100, 4) for cent in cents)
            yield Amount(name, "USD", *usd)
    requests = value.get("gpt-4")
    if isinstance(requests, dict):
        count = requests.get("numRequestsTotal", requests.get("numRequests"))
        limit = rate_limits.amount(requests.get("maxRequestUsage"))
        if (used := rate_limits.amount(count)) is not None:
            yield Amount("requests", "requests", used, limit)


def _plan(value: Mapping[str, Any]) -> Mapping[str, Any]:
    plan = value.get("planUsage")
    return plan if isinstance(plan, dict) else _inside(value, "individualUsage", "plan")


def _inside(value: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        inner = value.get(key)
        value = inner if isinstance(inner, dict) else {}
    return value


def _share(used: Any, limit: Any) -> float | None:
    part, whole = rate_limits.amount(used), rate_limits.amount(limit)
    return round(100 * part / whole, 4) if part is not None and whole else None


def _epoch(value: Any) -> Any:
    """Milliseconds as text, which one of the answers has, as a number."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _word(value: Any) -> str | None:
    return value[:128] or None if isinstance(value, str) else None
