"""GitHub Copilot: the quota of `gh api /copilot_internal/user`, and the footer of Copilot CLI.

    {"login": "ada", "copilot_plan": "individual", "quota_reset_date_utc":
     "2026-12-01T00:00:00.000Z", "quota_snapshots": {"premium_interactions": {"entitlement": 300,
     "remaining": 225.5, "percent_remaining": 75.17, "overage_count": 0, "unlimited": false}}}

    Remaining reqs.: 75.2%

gives the meters `premium:monthly` (or `chat:monthly`, `completions:monthly` of the free plan) and
their amounts. Rows of `/usage` with the name of a window and a percentage `used` or `left` are
read: `Weekly limit  40% used`. `Total usage est: 6 Premium requests` counts the session alone and
is no meter.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane, Reading
from burnbook.panes._text import has_percent, uncut_lines, used_percent
from burnbook.panes._vendor_json import objects, readings
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter

METERS = {"premium:monthly": 43_200, "session": 300, "weekly": 10_080}

_MONTH = 43_200
_NAMES = {"premium_interactions": "premium", "premium_models": "premium"}
_UNITS = {"premium": "requests", "chat": "messages", "completions": "completions"}
_REMAINING = re.compile(
    r"(?:.* )?Remaining req(?:uest)?s\.?: ?(-?)(\d{1,6}(?:\.\d{1,20})?)%", re.I | re.A
)
_ROW = re.compile(
    r"(session|weekly|monthly|premium requests)(?: limit| usage)?:? ?[█▓▒░▏▎▍▌▋▊▉▬━─\[\]■□ ]{0,200}"
    r"\d{1,3}(?:\.\d{1,4})?% ?(?:used|left|remaining)\b.*",
    re.I | re.A,
)
_SESSION = re.compile(r"total (?:usage est|session time)\b|API time spent:", re.I)
_ROWS = {"premium requests": "premium:monthly", "monthly": "premium:monthly"}
_MAX_QUOTAS = 16


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last quota in `text`. Never raises."""
    errors = Errors()
    if values := objects(text):
        return _quota(values[-1], text, errors)
    meters: dict[str, Reading] = {}
    for line in uncut_lines(text):
        if match := _REMAINING.fullmatch(line):
            left = float(match[2])
            used = round(100 - left, 4) if left <= 100 and not (match[1] and left) else None
            if used is None:
                errors.add("percent-out-of-range", "premium:monthly")
            errors.add("reset-not-shown", "premium:monthly")
            meters["premium:monthly"] = Reading("premium:monthly", used, _MONTH)
        elif match := _ROW.fullmatch(line):
            label = match[1].lower()
            name = _ROWS.get(label, label)
            errors.add("reset-not-shown", name)
            used = used_percent(line, name, errors)
            meters[name] = Reading(name, used, METERS.get(name))
        elif has_percent(line):
            errors.add("not-understood")
    if not meters:
        if _SESSION.search(text):
            errors.add("data-not-available")
        _refusals.note(text, errors)
    return Pane(tuple(meters.values()), errors=errors.words())


def _quota(value: Mapping[str, Any], text: str, errors: Errors) -> Pane:
    resets = _reset(value)
    meters: list[Meter] = []
    amounts: list[Amount] = []
    for key, quota in _quotas(value):
        pool = _NAMES.get(key, key)
        if quota.get("unlimited") is True:
            continue
        limit, left = (
            rate_limits.amount(quota.get(field)) for field in ("entitlement", "remaining")
        )
        if not limit and quota.get("entitlement") is not None:
            # A seat without an own quota: its percentage means nothing.
            if (credits := rate_limits.amount(quota.get("credits_used"))) is not None:
                amounts.append(Amount(pool, "credits", credits))
            continue
        name, unit = f"{pool}:monthly", _UNITS.get(pool, "requests")
        count = None
        if limit and left is not None and left <= limit:
            count = round(limit - left, 6)
        used = _used(quota.get("percent_remaining"))
        if used is None and limit and count is not None:
            used = round(100 * count / limit, 4)
        if used is not None:
            meters.append(Meter(name, used, _MONTH, resets))
        if limit is not None or left is not None:
            amounts.append(Amount(name, unit, count, limit, left))
        if over := rate_limits.amount(quota.get("overage_count")):
            amounts.append(Amount(f"{pool}-overage", unit, over))
    shown = readings(meters, errors)
    if not shown:
        _refusals.note("" if amounts else text, errors)
    login, plan = value.get("login"), value.get("copilot_plan")
    return Pane(
        shown,
        plan=plan[:64] if isinstance(plan, str) and plan else None,
        account=login[:128] if isinstance(login, str) and login else None,
        amounts=tuple(amounts),
        errors=errors.words(),
    )


def _quotas(value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    snapshots = value.get("quota_snapshots")
    if isinstance(snapshots, dict):
        for key, quota in list(snapshots.items())[:_MAX_QUOTAS]:
            if isinstance(quota, dict) and key:
                yield key[:64], quota
    # The free plan counts what is left of each month in two objects.
    limits, left = value.get("monthly_quotas"), value.get("limited_user_quotas")
    if isinstance(limits, dict) and isinstance(left, dict) and not snapshots:
        for key in list(limits)[:_MAX_QUOTAS]:
            if key in left and key:
                yield key[:64], {"entitlement": limits[key], "remaining": left[key]}


def _used(left: Any) -> float | None:
    """The used percentage: 100 if what is left is negative, and the amounts have the overage."""
    if isinstance(left, bool) or not isinstance(left, int | float) or not -1e6 <= left <= 100:
        return None
    return min(100.0, round(100 - left, 4))


def _reset(value: Mapping[str, Any]) -> datetime | None:
    keys = ("quota_reset_date_utc", "quota_reset_date", "limited_user_reset_date")
    moments = (rate_limits.moment(value.get(key)) for key in keys)
    return next(filter(None, moments), None)
