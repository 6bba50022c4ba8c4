"""opencode's Go plan: the answer of its usage endpoint, `/zen/go/v1/usage`.

    {"usage": {"rolling": {"status": "ok", "percent": 12, "resetsAt": "2026-11-22T13:30:00Z"},
     "weekly": {"status": "ok", "percent": 8, "resetsAt": "2026-11-23T00:00:00Z"},
     "monthly": {"status": "rate-limited", "percent": 100, "resetsAt": "2026-12-04T11:18:32Z"}}}

gives the meters `5h`, `weekly` and `monthly`. The page of the workspace has `rollingUsage`,
`usagePercent` and `resetInSec`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes import _refusals
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import objects, readings
from burnbook.rows.meters import Meter

METERS = {"5h": 300, "weekly": 10_080, "monthly": 43_200}

_WINDOWS = (("rolling", "5h"), ("weekly", "weekly"), ("monthly", "monthly"))
_MAX_VALUES = 64
_MAX_SECONDS = 366 * 86_400


def parse(text: str, captured_at: datetime) -> Pane:
    """Parses the last answer in `text`. Never raises."""
    errors = Errors()
    values = objects(text)[-_MAX_VALUES:]
    meters: tuple[Meter, ...] = ()
    for value in values:
        meters = tuple(_meters(value, captured_at, errors)) or meters
    shown = readings(meters, errors)
    if not shown:
        if not values:
            errors.add("not-json")
        _refusals.note(text, errors)
    return Pane(shown, errors=errors.words())


def _meters(value: Mapping[str, Any], captured_at: datetime, errors: Errors) -> Iterator[Meter]:
    usage = value.get("usage")
    usage = usage if isinstance(usage, dict) else value
    for key, name in _WINDOWS:
        window = usage.get(key, usage.get(f"{key}Usage"))
        if not isinstance(window, dict):
            continue
        used = rate_limits.percent(window.get("percent", window.get("usagePercent")))
        resets = rate_limits.moment(window.get("resetsAt"))
        wait = rate_limits.amount(window.get("resetInSec"))
        if resets is None and wait is not None and wait <= _MAX_SECONDS:
            resets = captured_at + timedelta(seconds=wait)
        if used is None and resets is None:
            continue
        if window.get("status") == "rate-limited":
            errors.add("limit-reached", name)
        yield Meter(name, used, METERS[name], resets)
