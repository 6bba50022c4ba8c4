"""Sums over the windows of a period: points by account, features, and what offloading saved.

What a window does not show is left out of a sum and named, with the reason where there is one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from burnbook.overview.windows import DescribedWindow, WindowLine
from burnbook.overview.windows import Points as Cost
from burnbook.report.scene import Compared

_MOST = 3  # windows that are named


class Points(NamedTuple):
    """The points of an account; `high` is null if only the least is known, `low` if nothing is.

    `unknown` are the windows whose points are not known, or known in part, with the reason.
    """

    low: float | None
    high: float | None
    unknown: list[str]


class Features(NamedTuple):
    """The features of the finalized windows, null without any, and the names of the others."""

    total: float | None
    unknown: list[str]


class Saved(NamedTuple):
    """USD saved in the windows where that is known; null if it is known of none.

    `interval`: of the mean per feature, if there is one window. `reasons`: what is unknown.
    """

    usd: float | None
    interval: tuple[float, float] | None
    reasons: list[str]


def account_name(provider: str, account: str) -> str:
    """`claude claude-team`; the provider alone where the account has no other name."""
    return provider if account == provider else f"{provider} {account}"


def points_by_account(windows: Sequence[DescribedWindow]) -> dict[str, Points]:
    """The points of each account's main meter over windows, sorted by the account."""
    by_account: dict[str, list[tuple[str, Cost]]] = {}
    for window in windows:
        for cost in window.line.points:
            costs = by_account.setdefault(account_name(cost.provider, cost.account), [])
            costs.append((_with_reason(window, cost), cost))
    return {account: _points(by_account[account]) for account in sorted(by_account)}


def _with_reason(window: DescribedWindow, cost: Cost) -> str:
    """The name of a window, and why the points of an account in it are not known."""
    name = window.line.window
    if window.line.is_current:
        return f"{name} (open)"
    reasons = [
        meter.reason
        for use in window.facts.accounts
        if (use.provider, use.account) == (cost.provider, cost.account)
        for meter in use.meters
        if meter.name == cost.meter and meter.reason is not None
    ]
    return f"{name} ({reasons[0]})" if reasons else name


def _points(costs: Sequence[tuple[str, Cost]]) -> Points:
    lows = [cost.points_min for _, cost in costs if cost.points_min is not None]
    highs = [cost.points_max for _, cost in costs if cost.points_max is not None]
    unknown = [name for name, cost in costs if cost.points_max is None]
    return Points(
        sum(lows) if lows else None,
        sum(highs) if highs and not unknown else None,
        named(unknown),
    )


def features(lines: Sequence[WindowLine]) -> Features:
    """The features over windows that have begun."""
    begun = [line for line in lines if line.starts_at is not None]
    counts = [sum(line.features.values()) for line in begun if line.features]
    return Features(
        sum(counts) if counts else None, named([_unfinished(w) for w in begun if not w.features])
    )


def _unfinished(line: WindowLine) -> str:
    return f"{line.window} ({'open' if line.is_current else f'{line.state}, without features'})"


def saved(compared: Sequence[Compared]) -> Saved:
    """What offloading saved over windows with routed requests."""
    routed = [each for each in compared if each.comparison.totals.routed.requests]
    known = [each.comparison.totals.saved_usd for each in routed]
    usd = [value for value in known if value is not None]
    unknown = [each for each in routed if each.comparison.totals.saved_usd is None]
    reasons = [f"{each.window}: {each.comparison.verdict}" for each in unknown[:1]]
    if len(unknown) > 1:
        reasons.append(f"unknown in {len(unknown)} of {len(routed)} windows")
    mean = routed[0].comparison.saved_per_feature if len(routed) == 1 else None
    interval = None if mean is None else (mean.low, mean.high)
    return Saved(sum(usd) if usd else None, interval, reasons)


def named(windows: Sequence[str]) -> list[str]:
    """The first three names, and how many others there are."""
    rest = len(windows) - _MOST
    return [*windows[:_MOST], *([f"{rest} more"] if rest > 0 else [])]
