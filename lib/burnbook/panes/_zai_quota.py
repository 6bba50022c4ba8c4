"""GLM: the answer of Z.ai's quota endpoint, `/api/monitor/usage/quota/limit`.

    {"code": 200, "success": true, "data": {"planName": "Pro", "limits": [
     {"type": "TOKENS_LIMIT", "unit": 3, "number": 5, "percentage": 25,
      "nextResetTime": 1795345200000},
     {"type": "TIME_LIMIT", "unit": 5, "number": 1, "usage": 1000, "currentValue": 224,
      "remaining": 776, "percentage": 22}]}}

gives `5h`, and `monthly tools` for calls of search and other tools, with their amounts. `usage` is
the limit. A failure has the status 200 of HTTP and its `code` in the answer.
"""

import re
from collections.abc import Mapping
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import readings
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

TOOLS = "monthly tools"
_UNITS = {1: 1440, 3: 60, 5: 43_200, 6: 10_080}  # minutes of a day, an hour, a month, a week
_TOKENS = ("TOKENS_LIMIT", "CREDIT_LIMIT")
_CALLS = "TIME_LIMIT"
_PLANS = ("planName", "plan", "packageName", "level")
_MAX_NUMBER = 1000
_NOT_LOGGED_IN = re.compile(r"token|auth|api.?key|log ?in|unauthorized", re.I)
_RATE_LIMITED = re.compile(r"too many|rate.?limit|frequen", re.I)
_NO_SUBSCRIPTION = re.compile(r"subscri|no (?:coding )?plan|coding plan", re.I)


def parse(answer: Mapping[str, Any]) -> Pane | None:
    """Parses an answer, or its `data` alone; None if it is neither. Never raises."""
    data = answer.get("data")
    data = data if isinstance(data, dict) else answer
    limits = data.get("limits")
    if not isinstance(limits, list):
        return _failure(answer)
    meters: dict[str, Meter] = {}
    amounts: dict[str, Amount] = {}
    for limit in limits[: rate_limits.MAX_METERS]:
        if not isinstance(limit, dict) or (span := _name(limit)) is None:
            continue
        name, minutes, unit = span
        used = rate_limits.percent(limit.get("percentage"))
        resets = rate_limits.moment(limit.get("nextResetTime"))
        meters.setdefault(name, Meter(name, used, minutes, resets))
        fields = ("currentValue", "usage", "remaining")
        counts = [rate_limits.amount(limit.get(field)) for field in fields]
        if any(count is not None for count in counts):
            amounts.setdefault(name, Amount(name, unit, *counts))
    errors = Errors()
    shown = readings(meters.values(), errors)
    if not shown:
        errors.add("no-meters")
    return Pane(shown, plan=_plan(data), amounts=tuple(amounts.values()), errors=errors.words())


def _name(limit: Mapping[str, Any]) -> tuple[str, int | None, str] | None:
    """The meter's name, its window in minutes, and the unit of its amounts."""
    kind = limit.get("type")
    if kind == _CALLS:  # until the same day of the next month, so its length varies
        return TOOLS, None, "calls"
    if kind not in _TOKENS:
        return None
    unit = "tokens" if kind == _TOKENS[0] else "credits"
    number, size = limit.get("number"), limit.get("unit")
    if isinstance(number, bool) or not isinstance(number, int) or not isinstance(size, int):
        return unit, None, unit
    if not 0 < number <= _MAX_NUMBER:
        return unit, None, unit
    minutes = number * _UNITS.get(size, 0)
    return (rate_limits.length_name(minutes), minutes, unit) if minutes else (unit, None, unit)


def _plan(data: Mapping[str, Any]) -> str | None:
    plans = (data.get(key) for key in _PLANS)
    return next((plan[:64] for plan in plans if isinstance(plan, str) and plan), None)


def _failure(answer: Mapping[str, Any]) -> Pane | None:
    """The reason of an answer without limits; None if it is no answer of the endpoint."""
    code, message = answer.get("code"), answer.get("msg")
    if "success" not in answer and not (type(code) is int and isinstance(message, str)):
        return None
    words = message if isinstance(message, str) else ""
    if code == 429 or _RATE_LIMITED.search(words):
        return Pane(errors=("rate-limited", "no-meters"))
    if code in (401, 403) or _NOT_LOGGED_IN.search(words):
        return Pane(errors=("not-logged-in", "no-meters"))
    if _NO_SUBSCRIPTION.search(words):
        return Pane(errors=("no-subscription", "no-meters"))
    return Pane(errors=("data-not-available", "no-meters"))
