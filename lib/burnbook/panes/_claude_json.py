"""Claude Code: the JSON of its limits, with the names of the meters in its pane.

A status line gets `rate_limits`, with percentages:

    {"rate_limits": {"five_hour": {"used_percentage": 23.5, "resets_at": 1795345200}}}

`--output-format stream-json` has an event per line, with fractions; the first builds that have it
show the window that is nearest to its limit alone, and mostly without its use:

    {"type": "rate_limit_event", "rate_limit_info": {"status": "allowed", "rateLimitType":
     "five_hour", "resetsAt": 1795345200, "utilization": 0.25, "unifiedWindows":
     {"five_hour": {"utilization": 0.25, "resetsAt": 1795345200}, "seven_day": {...}}}}

`--output-format json` has the text of the pane in `result`, alone or in the last of several events.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from burnbook.meters import rate_limits
from burnbook.panes._pane import Errors, Pane
from burnbook.panes._vendor_json import readings
from burnbook.rows.meters import Meter

# What the pane calls extra usage.
_OVERAGE, _EXTRA_USAGE = "overage", "extra_usage"
# Beyond the limit, a fraction may be more than 1. A larger number is not a fraction.
_MAX_FRACTION = 10


def result_of(values: Sequence[Mapping[str, Any]]) -> str | None:
    """Returns the text of the last `result`; None if there is none."""
    results = [value["result"] for value in values if isinstance(value.get("result"), str)]
    return results[-1] if results else None


def parse(values: Sequence[Mapping[str, Any]], captured_at: datetime) -> Pane | None:
    """Parses the last state of each window; None if no value has limits. Never raises."""
    meters: dict[str, Meter] = {}
    reached: dict[str, bool] = {}
    for value in values:
        for windows, is_rejected in _windows(value):
            for meter in rate_limits.claude(windows).meters:
                if meter.used_percent is not None or meter.name not in meters:
                    meters[meter.name] = meter
                reached[meter.name] = is_rejected
    if not meters:
        return None
    errors = Errors()
    shown = list(meters.values())[: rate_limits.MAX_METERS]
    parsed = readings(shown, errors)
    for meter in shown:
        if reached[meter.name]:
            errors.add("limit-reached", meter.name)
    return Pane(parsed, errors=errors.words())


def _windows(value: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Windows as a status line has them, and whether the vendor refused a request for them."""
    info = value.get("rate_limit_info")
    if isinstance(info, dict):
        unified = info.get("unifiedWindows")
        windows = dict(unified) if isinstance(unified, dict) else {}
        own = str(info.get("rateLimitType") or "")
        if own:
            same = windows.get(own)
            fields = {k: v for k in ("utilization", "resetsAt") if (v := info.get(k)) is not None}
            windows[own] = {**same, **fields} if isinstance(same, dict) else fields
        for name, window in windows.items():
            if isinstance(window, dict):
                yield _window(name, window), name == own and info.get("status") == "rejected"
    elif isinstance(limits := value.get("rate_limits"), dict):
        yield limits, False


def _window(name: str, window: Mapping[str, Any]) -> dict[str, Any]:
    fraction = rate_limits.percent(window.get("utilization"))
    used = round(100 * fraction, 4) if fraction is not None and fraction <= _MAX_FRACTION else None
    name = _EXTRA_USAGE if name == _OVERAGE else name
    return {name: {"used_percentage": used, "resets_at": window.get("resetsAt")}}
