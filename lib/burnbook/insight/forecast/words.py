"""The words of a forecast: probabilities, amounts and moments. Pure."""

from datetime import datetime, tzinfo

from burnbook.insight.forecast.method.forecast import Forecast
from burnbook.insight.forecast.method.history import Limit
from burnbook.times import clock
from burnbook.view.parts import near, number

_DIGITS = 10.0  # of dollars: below, cents matter


def name(limit: Limit) -> str:
    """The account and the meter, or the budget."""
    if limit.kind == "budget":
        return limit.name if limit.name.startswith("window ") else f"budget {limit.name}"
    return f"{limit.account or limit.provider} {limit.name}"


def likely(chance: float) -> str:
    """A probability in whole percent; none is certain."""
    if chance < 0.01:
        return "under 1%"
    return "over 99%" if chance > 0.99 else f"{100 * chance:.0f}%"


def amount(value: float, unit: str) -> str:
    """An amount with its unit."""
    if unit == "usd":
        return f"${value:,.2f}" if value < _DIGITS else f"${value:,.0f}"
    shown = number(round(value))
    return {"percent": f"{shown}%", "points": f"{shown} points"}.get(unit, shown)


def between(low: float, high: float, unit: str) -> str:
    """Two amounts with one unit."""
    first, last = amount(low, unit), amount(high, unit)
    if first == last:
        return first
    if unit in ("percent", "points"):
        first = number(round(low))
    return f"{first} to {last}"


def used(forecast: Forecast) -> str:
    """What is used, and of how much."""
    limit = forecast.limit
    shown = amount(forecast.used, limit.unit)
    return shown if limit.unit == "percent" else f"{shown} of {amount(limit.amount, limit.unit)}"


def clause(forecast: Forecast, now: datetime, zone: tzinfo) -> str:
    """The forecast in a clause, as `preview` and `watch` show it; empty where there is none."""
    chance, unused = forecast.runs_out.value, forecast.unused
    if chance is None or unused.low is None or unused.high is None:
        return ""
    reset = day(forecast.resets_at, now, zone)
    if forecast.left <= 0:
        return f"used up until its reset {reset}"
    left = between(unused.low, unused.high, _points(forecast.limit.unit))
    return f"{likely(chance)} likely to run out before {reset}; {left} left at the reset"


def day(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment with the day of the week if it is within a week: `Thu 07:00`."""
    shown, today = clock.to_wall(moment, zone), clock.to_wall(now, zone)
    days = (shown.date() - today.date()).days
    return f"{shown:%a %H:%M}" if 0 < days < 7 else near(moment, now, zone)


def _points(unit: str) -> str:
    return "points" if unit == "percent" else unit
