"""Lays out what `budget` shows: stops first, then tokens, the projection, meters and rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from burnbook.budget.budget import Use
from burnbook.budget.burn_rate import Out, Rate
from burnbook.budget.meter_status import MeterStatus
from burnbook.budget.stop_rules import Verdict
from burnbook.config.loader import Config
from burnbook.view.parts import Line, Part, Table, Title, bar, moment, number, percent
from burnbook.windows.facts import WindowFacts

if TYPE_CHECKING:
    from burnbook.budget.burn_rate import Projection

_REASONS = {
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "end-not-known": "the end of the window is unknown",
    "use-not-known": "the used tokens are unknown",
    "too-little-known": "there are too few readings yet",
}


def parts(
    facts: WindowFacts,
    used: Use,
    rate: Rate,
    projected: "Projection",
    meters: Sequence[MeterStatus],
    verdicts: Sequence[Verdict],
) -> list[Part]:
    """Returns stops and warnings, the budget's lines, burn, projection, and two tables."""
    result: list[Part] = []
    for word, state in (("Stop", "stop"), ("Warning", "warning")):
        result += [
            Line(f"{word}: {verdict.message} ({_detail(verdict)})", strong=True)
            for verdict in verdicts
            if verdict.state == state
        ]
    first, *more = budget_lines(used, facts.config.preview.bar_width)
    result += [Line(f"{facts.window} {first.text[:1].lower()}{first.text[1:]}"), *more]
    result.append(Line(_burn(rate)))
    result += _projection(facts.config, projected)
    result += _meters(facts.config, meters) + _rules(verdicts)
    return result


def budget_lines(use: Use, bar_width: int) -> list[Line]:
    """Returns one line about the budget, and a warning if a level is reached."""
    line = f"Budget: planned {number(use.planned_tokens)}, used {number(use.used_tokens)}"
    if use.used_tokens is None:
        return [Line(f"{line} (no pane shows context tokens)")]
    drawn = bar((use.used_percent or 0) / 100, bar_width)
    origin = f" ({use.used_from})" if use.used_from in ("feeds", "logs") else ""
    left = f"left {number(use.left_tokens)}  {drawn} {percent(use.used_percent)}"
    lines = [Line(f"{line}{origin}, {left}")]
    if use.level is not None:
        level = percent(use.level * 100)
        lines.append(Line(f"Warning: {level} or more of the budget is used", strong=True))
    return lines


def _burn(rate: Rate) -> str:
    hour, window = number(_whole(rate.last_hour)), number(_whole(rate.window))
    line = f"Burn: {hour} tokens an hour over the last hour, {window} over the window"
    if rate.low is None or rate.high is None:
        return line
    return f"{line}; to come {number(_whole(rate.low))} to {number(_whole(rate.high))}"


def _projection(config: Config, projected: "Projection") -> list[Part]:
    if projected.reason is not None:
        return [Line(f"Projection: none, {_REASONS[projected.reason]}")]
    low, high = number(projected.used_tokens_low), number(projected.used_tokens_high)
    at = moment(projected.at, config.zone)
    result: list[Part] = [Line(f"Projection: {low} to {high} used at the end ({at})")]
    outs = (("target", projected.target_runs_out), ("capacity", projected.capacity_runs_out))
    for name, out in outs:
        if out is not None:
            result.append(Line(f"The {name} {_out(config, out, projected.at)}"))
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


def _meters(config: Config, meters: Sequence[MeterStatus]) -> list[Part]:
    rows = [
        (
            *(", ".join(meter.agents), meter.provider, meter.meter),
            *(percent(meter.used_percent), percent(meter.left_percent)),
            _reset(config, meter),
            _band(meter.per_hour),
            _meter_out(config, meter),
        )
        for meter in meters
    ]
    head = ("agent", "provider", "meter", "used", "left", "resets", "% an hour", "runs out")
    return [Title("Meters"), Table(head, rows, "<<<>><><")] if rows else []


def _reset(config: Config, meter: MeterStatus) -> str:
    shown = moment(meter.resets_by, config.zone)
    return f"by {shown}" if meter.resets_by and not meter.resets_at else shown


def _band(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "-"
    return f"{rate.low:.1f} to {rate.high:.1f}"


def _meter_out(config: Config, meter: MeterStatus) -> str:
    out = meter.runs_out
    if meter.reason == "reset-since":
        return "was reset since"
    if out is None:
        return "-"
    if out.over:
        return "is used up"
    if out.earliest is None:
        return "resets first" if meter.resets_first else "not in sight"
    late = moment(out.latest, config.zone) if out.latest else "its reset"
    return f"{moment(out.earliest, config.zone)} to {late}"


def _rules(verdicts: Sequence[Verdict]) -> list[Part]:
    rows = [
        (
            rule.rule,
            " ".join(filter(None, (rule.agent, rule.provider, rule.meter))) or "-",
            percent(rule.left_percent),
            "-" if rule.step is None else number(rule.step),
            rule.state if rule.reason is None else f"{rule.state} ({rule.reason})",
        )
        for rule in verdicts
    ]
    head = ("rule", "of", "left", "step", "state")
    return [Title("Stop rules"), Table(head, rows, "<<>><")] if rows else []


def _detail(verdict: Verdict) -> str:
    left = percent(verdict.left_percent)
    text = f"{verdict.agent} {verdict.provider} {verdict.meter}: {left} left"
    if verdict.step is not None:
        return f"{text}, a window costs {number(verdict.step)}"
    return f"{text}, the cost of a window is unknown" if verdict.state == "warning" else text


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
