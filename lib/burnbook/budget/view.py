"""Lays out what `budget` shows: stops first, then tokens, the projection, meters and rules."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from burnbook.budget.budget import NO_REQUESTS, Use
from burnbook.budget.burn_rate import Out, Rate
from burnbook.budget.declared import view as declared
from burnbook.budget.declared.status import BudgetStatus
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Verdict
from burnbook.config.loader import Config
from burnbook.view.parts import Line, Part, Table, Title, bar, moment, near, number, percent
from burnbook.windows.facts import WindowFacts

if TYPE_CHECKING:
    from burnbook.budget.burn_rate import Projection

_COLUMNS = 80  # of a usual terminal: a bar is as long as there is room
_LEAST_BAR = 5
_METERS = ("agent", "provider", "meter", "used", "left", "resets", "% an hour", "runs out")
_RULES = ("rule", "of", "left", "step", "state")
_REASONS = {
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "end-not-known": "the end of the window is unknown",
    "too-little-known": "there are too few readings yet",
}


def parts(
    facts: WindowFacts,
    used: Use,
    budgets: Sequence[BudgetStatus],
    rate: Rate,
    projected: "Projection",
    meters: Sequence[MeterStatus],
    verdicts: Sequence[Verdict],
) -> list[Part]:
    """Returns stops and warnings, the budget's lines, burn, projection, and two tables."""
    result = declared.stops(budgets)
    for word, state in (("Stop", "stop"), ("Warning", "warning")):
        result += [
            Line(f"{word}: {verdict.message} ({_detail(verdict)})", strong=True)
            for verdict in verdicts
            if verdict.state == state
        ]
    result += budget_lines(used, facts.config.preview.bar_width, f"{facts.window} budget")
    result += _burn(rate) + _projection(facts.config, projected)
    result += declared.parts(budgets, facts.config.zone)
    result += _meters(facts, meters) + _rules(verdicts)
    return result


def budget_lines(use: Use, bar_width: int, title: str = "Budget") -> list[Line]:
    """Returns a line about the budget, a warning if a level is reached, and the contexts."""
    plan = "no plan" if use.planned_tokens is None else f"planned {number(use.planned_tokens)}"
    text = f"{title}: {plan}, used {number(use.used_tokens)}"
    text += f" ({use.used_from})" if use.used_from else " (no requests are booked; run ingest)"
    if use.used_from and use.left_tokens is not None:
        text += f", left {number(use.left_tokens)}"
    if use.used_from and use.used_percent is not None:
        text, share = f"{text}  ", percent(use.used_percent)
        width = min(bar_width, _COLUMNS - len(text) - len(share) - 1)
        drawn = bar(use.used_percent / 100, width) if width >= _LEAST_BAR else ""
        text += f"{drawn} {share}".lstrip()
    result = [Line(text)]
    if use.level is not None:
        level = percent(use.level * 100)
        result.append(Line(f"Warning: {level} or more of the budget is used", strong=True))
    for context in use.contexts:
        limit = number(context.limit_tokens or use.capacity_tokens)
        held = f"{number(context.used_tokens)} of {limit} tokens"
        result.append(Line(f"Context: {held} ({context.agent} {context.provider})"))
    return result


def _burn(rate: Rate) -> list[Part]:
    if rate.window is None:
        return []
    hour, window = number(_whole(rate.last_hour)), number(_whole(rate.window))
    lines: list[Part] = [Line(f"Burn: {hour} tokens an hour over the last hour, {window} in all")]
    if rate.low is not None and rate.high is not None:
        low, high = number(_whole(rate.low)), number(_whole(rate.high))
        lines.append(Line(f"To come: {low} to {high} tokens an hour"))
    return lines


def _projection(config: Config, projected: "Projection") -> list[Part]:
    if projected.reason == NO_REQUESTS:
        return []  # the first line says so
    if projected.reason is not None:
        return [Line(f"Projection: none, {_REASONS[projected.reason]}")]
    low, high = number(projected.used_tokens_low), number(projected.used_tokens_high)
    at = moment(projected.at, config.zone)
    result: list[Part] = [Line(f"Projection: {low} to {high} used at the end ({at})")]
    if projected.target_runs_out is not None:
        result.append(Line(f"The budget {_out(config, projected.target_runs_out, projected.at)}"))
    return result


def _out(config: Config, out: Out, ends: datetime | None) -> str:
    if out.over:
        return "is used up"
    early, late = (m if m and ends and m < ends else None for m in (out.earliest, out.latest))
    if early is None:
        return "lasts to the end"
    if late is None:
        return f"runs out at {moment(early, config.zone)} at the earliest, or lasts to the end"
    return f"runs out between {moment(early, config.zone)} and {moment(late, config.zone)}"


def _meters(facts: WindowFacts, meters: Sequence[MeterStatus]) -> list[Part]:
    now, zone = facts.now, facts.config.zone
    rows = [
        (
            *(", ".join(meter.agents), meter.provider, meter.meter),
            *(percent(meter.used_percent), percent(meter.left_percent)),
            *(_reset(meter, now, zone), _band(meter.per_hour), _meter_out(meter, now, zone)),
        )
        for meter in meters
    ]
    table = Table(_METERS, rows, "<<<>><><")
    narrower = _without(table, "left", "% an hour")
    return [Title("Meters"), table._replace(narrower=narrower)] if rows else []


def _without(table: Table, *names: str) -> Table:
    """The table without some columns."""
    kept = [n for n, name in enumerate(table.head) if name not in names]
    rows = [[row[n] for n in kept] for row in table.rows]
    return Table([table.head[n] for n in kept], rows, "".join(table.align[n] for n in kept))


def _reset(meter: MeterStatus, now: datetime, zone: tzinfo) -> str:
    shown = near(meter.resets_by, now, zone)
    return f"by {shown}" if meter.resets_by and not meter.resets_at else shown


def _band(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "-"
    return f"{rate.low:.1f} to {rate.high:.1f}"


def _meter_out(meter: MeterStatus, now: datetime, zone: tzinfo) -> str:
    out = meter.runs_out
    if meter.reason == "reset-since":
        return "was reset since"
    if out is None:
        return "-"
    if out.over:
        return "is used up"
    if out.earliest is None:
        return "resets first" if meter.resets_first else "not in sight"
    if out.latest is not None and out.latest <= now:
        return "may be used up"  # the reading is older than that
    early = "now" if out.earliest <= now else near(out.earliest, now, zone)
    return f"{early} to {near(out.latest, now, zone) if out.latest else 'its reset'}"


def _rules(verdicts: Sequence[Verdict]) -> list[Part]:
    rows = [
        (
            *(rule.rule, " ".join(filter(None, (rule.agent, rule.provider, rule.meter))) or "-"),
            *(percent(rule.left_percent), "-" if rule.step is None else number(rule.step)),
            rule.state if rule.reason is None else f"{rule.state} ({rule.reason})",
        )
        for rule in verdicts
    ]
    table = Table(_RULES, rows, "<<>><")
    narrower = _without(table, "step", "left")
    return [Title("Stop rules"), table._replace(narrower=narrower)] if rows else []


def _detail(verdict: Verdict) -> str:
    left = percent(verdict.left_percent)
    text = f"{verdict.agent} {verdict.provider} {verdict.meter}: {left} left"
    if verdict.step is not None:
        return f"{text}, a window costs {number(verdict.step)}"
    return f"{text}, the cost of a window is unknown" if verdict.state == "warning" else text


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
