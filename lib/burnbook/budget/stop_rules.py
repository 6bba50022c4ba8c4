"""Stop rules, held against the meters: which say stop, which only warn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from burnbook.budget.meter_status import Standing
from burnbook.config.budgets import Stop
from burnbook.rows.meters import Closing
from burnbook.windows.history import History

State = Literal["stop", "warning", "clear", "unknown"]

LAST = 10  # so many windows say what one costs


class Verdict(msgspec.Struct, frozen=True):
    """One rule about one meter (null: no meter that the book knows of fits it).

    stop: it holds. warning: its limit is reached, but what a window costs is not known. clear: it
    does not hold. unknown: `reason` says why. `step` is what a window costs on the meter, in
    percentage points.
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


class Count(NamedTuple):
    """Prompts that an agent used of a provider in the window; null where that is not known."""

    agent: str
    provider: str
    used: int | None
    reason: str | None


class Step:
    """What a window costs on a meter: the median of the last windows that show it plainly.

    Of the agent's own windows, else of anybody's with that provider, else of this very window.
    """

    def __init__(self, history: History, closings: Sequence[Closing]) -> None:
        self.history, self.closings = history, closings

    def __call__(self, agent: str, provider: str, meter: str) -> float | None:
        """In percentage points; None where no window tells it."""
        for who in (agent, None):
            rises: list[float] = []
            for window in reversed(self.history.windows):
                found = [
                    step.rise
                    for step in self.history.steps(window)
                    if (step.provider, step.meter) == (provider, meter)
                    and who in (None, step.agent)
                ]
                rises += [max(found)] if found else []
                if len(rises) == LAST:
                    break
            if rises:
                return _median(rises)
        for closing in self.closings:
            if (closing.agent, closing.provider) == (agent, provider):
                for delta in closing.meters:
                    if delta.name == meter and delta.delta is not None and delta.delta >= 0:
                        return delta.delta
        return None


def judged(
    rules: Mapping[str, Stop], meters: Sequence[Standing], counts: Sequence[Count], step: Step
) -> list[Verdict]:
    """Every rule with every meter that it is about; one `unknown` where there is none."""
    found = []
    for name, rule in rules.items():
        mine = list(_of_counts(name, rule, counts) if rule.prompts_limit else ())
        mine += _of_meters(name, rule, meters, step) if not rule.prompts_limit else ()
        nothing = Verdict(name, "unknown", *(None,) * 6, reason="no-meter", message=rule.message)
        found += mine or [nothing]
    return found


def _of_meters(name: str, rule: Stop, meters: Sequence[Standing], step: Step) -> Iterator[Verdict]:
    for one in meters:
        if (
            rule.provider in (None, one.provider)
            and rule.meter in (None, one.meter)
            and rule.window_minutes in (None, one.window_minutes)
        ):
            who = (one.agent, one.provider, one.meter)
            cost = step(*who) if rule.projected else None
            yield _verdict(name, rule, who, one.used_percent, cost, one.reason)


def _of_counts(name: str, rule: Stop, counts: Sequence[Count]) -> Iterator[Verdict]:
    for one in counts:
        if rule.provider in (None, one.provider):
            assert rule.prompts_limit is not None
            used = None if one.used is None else 100 * one.used / rule.prompts_limit
            who = (one.agent, one.provider, "prompts")
            yield _verdict(name, rule, who, used, None, one.reason)


def _verdict(
    name: str,
    rule: Stop,
    who: tuple[str, str, str],
    used: float | None,
    step: float | None,
    reason: str | None,
) -> Verdict:
    state: State = "unknown" if used is None else _state(rule, used, step)
    if state == "warning":
        reason = "step-not-known"
    left = None if used is None else 100 - used
    return Verdict(name, state, *who, used, left, step, reason, rule.message)


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


def _median(values: Sequence[float]) -> float:
    """As statistics.median, whose import costs more than the rest of this page."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
