"""Codex CLI: the JSON of its limits.

`codex app-server` answers `account/rateLimits/read` with

    {"id": 6, "result": {"rateLimits": {"limitId": "codex", "primary": {"usedPercent": 25,
     "windowDurationMins": 300, "resetsAt": 1795345200}, "planType": "pro"},
     "rateLimitsByLimitId": {"codex": {...}}}}

The result may be alone, `account/read` answers with the account, and `account/rateLimits/updated`
has `params`, of which null is unchanged. Events and rollouts have `rate_limits` with other names of
the same fields, in `msg` or `payload`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from burnbook.meters import rate_limits
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import readings
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

_OUTER = ("result", "params", "msg", "payload")
_BY_POOL = ("rateLimitsByLimitId", "rate_limits_by_limit_id")
_LIMITS = ("rateLimits", "rate_limits")
_OWN = ("primary", "secondary", "individualLimit", "individual_limit")
_UPDATED = "account/rateLimits/updated"
_NAMES = {"windowDurationMins": "window_minutes"}
_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]", re.A)
_NOT_LOGGED_IN = re.compile(r"authentication|log(?:ged)? ?in|unauthorized|expired", re.I)
_STALE = timedelta(minutes=15)


class _Shown(NamedTuple):
    at: datetime
    limits: Mapping[str, Any]


def parse(values: Sequence[Mapping[str, Any]], captured_at: datetime) -> Pane:
    """Parses the last limits of each pool in `values`. Never raises."""
    pools: dict[str, _Shown] = {}
    errors = Errors()
    for value in values:
        at = rate_limits.moment(value.get("timestamp")) or captured_at
        for limits in _limits_in(value):
            shown = _snake_case(limits)
            pool = str(shown.get("limit_id") or "")
            if value.get("method") == _UPDATED and pool in pools:
                known = {name: field for name, field in shown.items() if field is not None}
                shown = {**pools[pool].limits, **known}
            pools[pool] = _Shown(at, shown)
    meters: dict[str, Meter] = {}
    amounts: dict[str, Amount] = {}
    plan = None
    is_all_old = all(captured_at - at > _STALE for at, _ in pools.values())
    for at, limits in pools.values():
        parsed = rate_limits.codex(limits, at)
        for meter in parsed.meters:
            meters.setdefault(meter.name, meter)
            if captured_at - at > _STALE:
                errors.add("stale", None if is_all_old else meter.name)
        for amount in parsed.amounts:
            amounts.setdefault(amount.name, amount)
        plan = plan or parsed.plan
        if parsed.reached:
            is_spend = parsed.reached == rate_limits.SPEND_CONTROL
            errors.add("spend-cap-reached" if is_spend else "limit-reached")
    if pools and is_all_old:
        errors.add("stale")
    shown_meters = readings(list(meters.values())[: rate_limits.MAX_METERS], errors)
    if not shown_meters and not amounts:
        _note_failure(values, errors)
    return Pane(
        shown_meters,
        plan=plan,
        account=next(filter(None, map(_account, values)), None),
        amounts=tuple(amounts.values()),
        errors=errors.words(),
    )


def _account(value: Mapping[str, Any]) -> str | None:
    """The e-mail address in the answer to `account/read`."""
    result = value.get("result", value)
    account = result.get("account") if isinstance(result, dict) else None
    email = account.get("email") if isinstance(account, dict) else None
    return email if isinstance(email, str) else None


def _limits_in(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The limits of one message: of each pool, else of the main one."""
    inner = next((value[name] for name in _OUTER if isinstance(value.get(name), dict)), value)
    for name in _BY_POOL:
        if isinstance(pools := inner.get(name), dict) and pools:
            main: Mapping[str, Any] = next(
                (inner[key] for key in _LIMITS if isinstance(inner.get(key), dict)), {}
            )
            for pool, limits in pools.items():
                if isinstance(limits, dict):
                    # The main pool has the plan in one of the two alone.
                    same = main if main.get("limitId", pool) == pool else {}
                    yield {"limitId": pool, **same, **limits}
            return
    for name in _LIMITS:
        if isinstance(limits := inner.get(name), dict):
            yield limits
            return
    if any(name in inner for name in _OWN):
        yield inner


def _snake_case(value: Any, depth: int = 0) -> Any:
    """Returns limits with the names of fields that rollouts have."""
    if not isinstance(value, dict) or depth > 2:
        return value
    return {
        _NAMES.get(name) or _CAPITAL.sub(_lower, name): _snake_case(field, depth + 1)
        for name, field in value.items()
    }


def _lower(match: re.Match[str]) -> str:
    return f"_{match[0].lower()}"


def _note_failure(values: Sequence[Mapping[str, Any]], errors: Errors) -> None:
    failures = [value["error"] for value in values if isinstance(value.get("error"), dict)]
    if failures:
        message = str(failures[-1].get("message"))
        is_login = _NOT_LOGGED_IN.search(message)
        errors.add("not-logged-in" if is_login else "usage-not-loaded")
    errors.add("no-meters")
