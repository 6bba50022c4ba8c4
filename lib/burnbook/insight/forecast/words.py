"""The words of a forecast: probabilities, amounts and moments. Pure."""

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from burnbook.times import clock
from burnbook.view.parts import near, number

if TYPE_CHECKING:
    from burnbook.insight.forecast.method.history import Limit

_MILLION = 1e6
_DIGITS = 10.0  # of dollars: below, cents matter


def name(limit: "Limit") -> str:
    """The account and the meter, or the budget."""
    return label(limit.kind, limit.name, limit.account or limit.provider)


def label(kind: str, name: str, owner: str | None) -> str:
    """The same, from its parts."""
    if kind == "budget":
        return name if name.startswith("window ") else f"budget {name}"
    return f"{owner} {name}"


def likely(chance: float) -> str:
    """A probability in whole percent; none is certain."""
    if chance < 0.01:
        return "under 1%"
    return "over 99%" if chance > 0.99 else f"{100 * chance:.0f}%"


def amount(value: float, unit: str) -> str:
    """An amount with its unit."""
    if unit == "usd" and not value:
        return "$0"
    if unit == "usd":
        return f"${value:,.2f}" if value < _DIGITS else f"${value:,.0f}"
    if unit == "tokens" and value >= _MILLION:
        return f"{value / _MILLION:.1f}M"
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


def day(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment with the day of the week if it is within a week: `Thu 07:00`."""
    shown, today = clock.to_wall(moment, zone), clock.to_wall(now, zone)
    days = (shown.date() - today.date()).days
    return f"{shown:%a %H:%M}" if 0 < days < 7 else near(moment, now, zone)
