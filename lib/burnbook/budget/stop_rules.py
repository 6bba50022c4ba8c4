"""Evaluates stop rules against the meters: stop, warning, clear or unknown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from burnbook.budget.meter_status import MeterStatus, requests
from burnbook.config.budgets import Stop
from burnbook.meters.efficiency import Uses
from burnbook.rows.meters import AccountUse
from burnbook.windows.facts import WindowFacts
from burnbook.windows.history import History

State = Literal["stop", "warning", "clear", "unknown"]

LAST = 10  # windows that the cost of one is computed from


class Verdict(msgspec.Struct, frozen=True):
    """One rule for one meter (null: no known meter matches the rule).

    stop: the rule applies. warning: its limit is reached, but the cost of a window is unknown.
    clear: it does not apply. unknown: see `reason`. `step` is the cost of a window on the
    meter, in percentage points.
    """

    rule: str
    state: State
    agent: str | None
    provider: str | None
    meter: str | None
    used_percent: float | None
    left_percent: float | None
    step: float | None
    reason: str | None
    message: str


class Count(msgspec.Struct, frozen=True):
    """Requests that an agent used in the window; if `used` is null, `reason` explains why."""

    agent: str
    provider: str
    used: int | None
    reason: str | None


class WindowCost:
    """The cost of a window on a meter: the median of the last windows that show it.

    From the agent's own windows, else from all windows with that provider, else from this window.
    """

    def __init__(self, history: History, uses: Uses) -> None:
        self.history, self.uses = history, uses

    def __call__(self, agent: str, provider: str, meter: str) -> float | None:
        """Returns percentage points, or None if no window shows the cost."""
        for whose in (agent, None):
            rises: list[float] = []
            for window in reversed(self.history.windows):
                window_rises = [
                    step.rise
                    for step in self.history.steps(window)
                    if (step.provider, step.meter) == (provider, meter)
                    and whose in (None, step.agent)
                ]
                rises += [max(window_rises)] if window_rises else []
                if len(rises) == LAST:
                    break
            if rises:
                from statistics import median  # 10 ms, only for projected rules

                return median(rises)
        for use in self.uses:
            agents = use.agents if isinstance(use, AccountUse) else (use.agent,)
            if agent in agents and use.provider == provider:
                for delta in use.meters:
                    if delta.name == meter and delta.delta is not None and delta.delta >= 0:
                        return delta.delta
        return None


def verdicts(
    rules: Mapping[str, Stop],
    facts: WindowFacts,
    history: History,
    meters: Sequence[MeterStatus],
) -> list[Verdict]:
    """Evaluates every rule for a window."""
    counts = [
        Count(pair.agent, pair.provider, *requests(facts.rows, pair))
        for pair in facts.pairs
        if any(facts.rows[e.id].requests is not None for e in (pair.before, pair.after) if e)
    ]
    return judged(rules, meters, counts, WindowCost(history, facts.accounts))


def judged(
    rules: Mapping[str, Stop],
    meters: Sequence[MeterStatus],
    counts: Sequence[Count],
    cost: WindowCost,
) -> list[Verdict]:
    """Evaluates every rule for every matching meter; one `unknown` if none matches."""
    result = []
    for name, rule in rules.items():
        if rule.requests_limit:
            verdicts = list(_of_counts(name, rule, counts))
        else:
            verdicts = list(_of_meters(name, rule, meters, cost))
        unknown = Verdict(name, "unknown", *(None,) * 6, reason="no-meter", message=rule.message)
        result += verdicts or [unknown]
    return result


def _of_meters(
    name: str, rule: Stop, meters: Sequence[MeterStatus], cost: WindowCost
) -> Iterator[Verdict]:
    for meter in meters:
        if (
            rule.provider in (None, meter.provider)
            and rule.meter in (None, meter.meter)
            and rule.window_minutes in (None, meter.window_minutes)
        ):
            subject = (meter.agent, meter.provider, meter.meter)
            step = cost(*subject) if rule.projected else None
            yield _verdict(name, rule, subject, meter.used_percent, step, meter.reason)


def _of_counts(name: str, rule: Stop, counts: Sequence[Count]) -> Iterator[Verdict]:
    for count in counts:
        if rule.provider in (None, count.provider):
            assert rule.requests_limit is not None
            used = None if count.used is None else 100 * count.used / rule.requests_limit
            subject = (count.agent, count.provider, "requests")
            yield _verdict(name, rule, subject, used, None, count.reason)


def _verdict(
    name: str,
    rule: Stop,
    subject: tuple[str, str, str],
    used: float | None,
    step: float | None,
    reason: str | None,
) -> Verdict:
    state: State = "unknown" if used is None else _state(rule, used, step)
    if state == "warning":
        reason = "step-not-known"
    left = None if used is None else 100 - used
    return Verdict(name, state, *subject, used, left, step, reason, rule.message)


def _state(rule: Stop, used: float, step: float | None) -> State:
    left = 100 - used
    if rule.used_percent_at_least is not None and used < rule.used_percent_at_least:
        return "clear"
    if rule.left_percent_below is not None and left >= rule.left_percent_below:
        return "clear"
    if not rule.projected or left <= 0:
        return "stop"
    if step is None:
        return "warning"
    return "stop" if step > left else "clear"
