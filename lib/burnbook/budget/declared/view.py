"""Lays out the declared budgets: two lines each."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from burnbook.config.budgets import SCOPES
from burnbook.view.parts import Line, moment, number, percent

if TYPE_CHECKING:
    from burnbook.budget.declared.status import BudgetStatus
    from burnbook.view.parts import Part

_UNITS = {"tokens": "tokens", "usd": "USD", "points": "points"}
_REASONS = {
    "no-requests": "no requests are booked",
    "no-readings": "no reading of the meter",
    "not-begun": "the window has not begun",
    "proxy-has-no-scope": "the proxy's telemetry does not show whose requests they are",
    "proxy-price-by-window-only": "the proxy's costs are known by window only",
    "agents-not-known": "some requests may be of this agent or of another",
    "began-before-the-period": "the meter's window began before",
}


def stops(budgets: Sequence["BudgetStatus"]) -> list["Part"]:
    """Returns a line for each budget that is used up."""
    return [
        Line(f"Stop: budget {each.name} is used up ({used_text(each)})", strong=True, level="bad")
        for each in budgets
        if is_used_up(each)
    ]


def is_used_up(budget: "BudgetStatus") -> bool:
    """Returns whether nothing is left of a budget."""
    return budget.left is not None and budget.left <= 0


def parts(budgets: Sequence["BudgetStatus"], zone: tzinfo) -> list["Part"]:
    """Returns what is used and left, then what the budget is of and its projection."""
    result: list[Part] = []
    for each in budgets:
        share = "" if each.used_percent is None else f" ({percent(each.used_percent)})"
        result.append(Line(f"Budget {each.name}: {used_text(each)}{share}{_left(each)}"))
        scope = ", ".join([each.per, *_scope(each)])
        result.append(Line(f"  {scope}, until {moment(each.ends_at, zone)}"))
        if each.projected_low is not None and each.projected_high is not None:
            band = f"{_amount(each, each.projected_low)} to {_amount(each, each.projected_high)}"
            result.append(Line(f"  {band} used at the end"))
        if each.reason is not None:
            result.append(Line(f"  {_REASONS.get(each.reason, each.reason)}"))
        if each.level is not None:
            level = percent(each.level * 100)
            text = f"Warning: {level} or more of budget {each.name} is used"
            result.append(Line(text, strong=True, level="warn"))
    return result


def _left(budget: "BudgetStatus") -> str:
    if budget.left is None:
        return ""
    word = "left" if budget.left >= 0 else "over"
    return f", {_amount(budget, abs(budget.left))} {word}"


def _scope(budget: "BudgetStatus") -> list[str]:
    values = ((key, getattr(budget, key)) for key in SCOPES)
    return [f"{key} {value}" for key, value in values if value is not None]


def used_text(budget: "BudgetStatus") -> str:
    """Returns the used amount, of the target if there is one."""
    unit = _UNITS[budget.unit]
    if budget.used_at_least is None:
        return "unknown"
    used = (
        f"{'' if budget.used is not None else 'at least '}{_amount(budget, budget.used_at_least)}"
    )
    if budget.target is None:
        return f"{used} {unit}, no target"
    return f"{used} of {_amount(budget, budget.target)} {unit}"


def _amount(budget: "BudgetStatus", value: float) -> str:
    return (
        f"{value:,.2f}"
        if budget.unit == "usd"
        else number(round(value, 1 if budget.unit == "points" else None))
    )
