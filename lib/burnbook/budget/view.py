"""Lays out what `budget` shows: stops first, then tokens, the projection, meters and rules."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from msgspec.structs import replace

from burnbook.budget.budget import NO_REQUESTS
from burnbook.budget.declared import view as declared
from burnbook.view.drawing import legend
from burnbook.view.levels import cell, level_of, used
from burnbook.view.parts import Line, Table, Title, bar, moment, near, number, percent

if TYPE_CHECKING:
    from burnbook.budget.budget import Use
    from burnbook.budget.burn_rate import Out, Projection, Rate
    from burnbook.budget.declared.status import BudgetStatus
    from burnbook.budget.meter_status import MeterStatus
    from burnbook.budget.stop_rules import Verdict
    from burnbook.config.loader import Config
    from burnbook.view.levels import Level
    from burnbook.view.parts import Part
    from burnbook.windows.facts import WindowFacts

_COLUMNS = 80  # of a usual terminal: a bar is as long as there is room
_LEAST_BAR = 5
_METERS = ("agent", "provider", "meter", "used", "left", "resets", "% an hour", "runs out")
_RULES = ("rule", "of", "left", "step", "state")
_STATES: dict[str, "Level"] = {"stop": "bad", "warning": "warn"}
_REASONS = {
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "end-not-known": "the end of the window is unknown",
    "too-little-known": "there are too few readings yet",
}


def parts(
    facts: "WindowFacts",
    used: "Use",
    budgets: Sequence["BudgetStatus"],
    rate: "Rate",
    projected: "Projection",
    meters: Sequence["MeterStatus"],
    verdicts: Sequence["Verdict"],
) -> list["Part"]:
    """Returns the verdict, the budget's lines, burn, projection, and two tables."""
    result = _used_up(facts.window, used) + declared.stops(budgets)
    words: tuple[tuple[str, str, Level], ...]
    words = (("Stop", "stop", "bad"), ("Warning", "warning", "warn"))
    for word, state, level in words:
        result += [
            Line(f"{word}: {verdict.message} ({_detail(verdict)})", strong=True, level=level)
            for verdict in verdicts
            if verdict.state == state
        ]
    result = result or [_no_stop(facts.window, used, budgets, verdicts)]
    result += budget_lines(used, facts.config.preview.bar_width, f"{facts.window} budget")
    result += _burn(rate) + _projection(facts.config, projected)
    result += declared.parts(budgets, facts.config.zone)
    result += _meters(facts, meters) + _rules(verdicts)
    return result


def _used_up(window: str, use: "Use") -> list["Part"]:
    if use.left_tokens is None or use.left_tokens > 0:
        return []
    of = f"{number(use.used_tokens)} of {number(use.planned_tokens)} tokens"
    return [Line(f"Stop: the budget of {window} is used up ({of})", strong=True, level="bad")]


def _no_stop(
    window: str, use: "Use", budgets: Sequence["BudgetStatus"], verdicts: Sequence["Verdict"]
) -> Line:
    """The verdict if no limit is reached; it names the limits of which that is unknown."""
    applied = [each for each in verdicts if each.reason != "no-meter"]
    limits = [(f"rule {each.rule}", each.state == "unknown") for each in applied]
    limits += [(f"budget {each.name}", each.left is None) for each in budgets]
    if use.planned_tokens is not None:
        limits.append((f"budget {window}", use.used_from is None or use.left_tokens is None))
    unknown = [*dict.fromkeys(name for name, is_unknown in limits if is_unknown)]
    if not limits:
        return Line(f"{window}: no budget and no stop rule applies", strong=True)
    if len(unknown) == len({name for name, _ in limits}):
        return Line(f"{window}: whether to stop is unknown ({', '.join(unknown)})", strong=True)
    more = f"; unknown: {', '.join(unknown)}" if unknown else ""
    if use.level is not None or any(each.level is not None for each in budgets):
        return Line(f"{window}: no reason to stop yet{more}", strong=True, level="warn")
    return Line(f"{window}: no reason to stop{more}", strong=True, level="good")


def budget_lines(use: "Use", bar_width: int, title: str = "Budget") -> list[Line]:
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
        text = f"Warning: {level} or more of the budget is used"
        result.append(Line(text, strong=True, level="warn"))
    for context in use.contexts:
        limit = number(context.limit_tokens or use.capacity_tokens)
        held = f"{number(context.used_tokens)} of {limit} tokens"
        result.append(Line(f"Context: {held} ({context.agent} {context.provider})"))
    return result


def _burn(rate: "Rate") -> list["Part"]:
    if rate.window is None:
        return []
    hour, window = number(_whole(rate.last_hour)), number(_whole(rate.window))
    lines: list[Part] = [Line(f"Burn: {hour} tokens an hour over the last hour, {window} in all")]
    if rate.low is not None and rate.high is not None:
        low, high = number(_whole(rate.low)), number(_whole(rate.high))
        lines.append(Line(f"To come: {low} to {high} tokens an hour"))
    return lines


def _projection(config: "Config", projected: "Projection") -> list["Part"]:
    if projected.reason == NO_REQUESTS:
        return []  # the first line says so
    if projected.reason is not None:
        return [Line(f"Projection: none, {_REASONS[projected.reason]}", level="dim")]
    low, high = number(projected.used_tokens_low), number(projected.used_tokens_high)
    at = moment(projected.at, config.zone)
    result: list[Part] = [Line(f"Projection: {low} to {high} used at the end ({at})")]
    if projected.target_runs_out is not None:
        out = projected.target_runs_out
        shown = _out(config, out, projected.at)
        result.append(Line(f"The budget {shown}", level=level_of(shown)))
    return result


def _out(config: "Config", out: "Out", ends: datetime | None) -> str:
    if out.over:
        return cell("is used up", "bad")
    early, late = (m if m and ends and m < ends else None for m in (out.earliest, out.latest))
    if early is None:
        return "lasts to the end"
    if late is None:
        text = f"runs out at {moment(early, config.zone)} at the earliest, or lasts to the end"
        return cell(text, "warn")
    text = f"runs out between {moment(early, config.zone)} and {moment(late, config.zone)}"
    return cell(text, "warn")


def _meters(facts: "WindowFacts", meters: Sequence["MeterStatus"]) -> list["Part"]:
    now, zone = facts.now, facts.config.zone
    rows = [
        (
            *(", ".join(meter.agents), meter.provider, meter.meter),
            cell(percent(meter.used_percent), used(meter.used_percent)),
            percent(meter.left_percent),
            *(_reset(meter, now, zone), _band(meter.per_hour), _meter_out(meter, now, zone)),
        )
        for meter in meters
    ]
    if not rows:
        return []
    table = Table(_METERS, rows, "<<<>><><")
    table = replace(table, narrower=table.without("left", "% an hour"))
    bars = [(_share(meter.before_percent), _share(meter.used_percent)) for meter in meters]
    shown = [None if now is None else (before, now) for before, now in bars]  # None: was reset
    drawn = replace(table, bars=shown, bars_head=legend(), narrower=table)
    return [Title("Meters"), drawn]


def _share(used_percent: float | None) -> float | None:
    return None if used_percent is None else used_percent / 100


def _reset(meter: "MeterStatus", now: datetime, zone: tzinfo) -> str:
    shown = near(meter.resets_by, now, zone)
    return f"by {shown}" if meter.resets_by and not meter.resets_at else shown


def _band(rate: "Rate") -> str:
    if rate.low is None or rate.high is None:
        return "-"
    return f"{rate.low:.1f} to {rate.high:.1f}"


def _meter_out(meter: "MeterStatus", now: datetime, zone: tzinfo) -> str:
    out = meter.runs_out
    if meter.reason == "reset-since":
        return "was reset since"
    if out is None:
        return "-"
    if out.over:
        return cell("is used up", "bad")
    if out.earliest is None:
        return "resets first" if meter.resets_first else "not in sight"
    if out.latest is not None and out.latest <= now:
        return cell("may be used up", "bad")  # the reading is older than that
    early = "now" if out.earliest <= now else near(out.earliest, now, zone)
    return f"{early} to {near(out.latest, now, zone) if out.latest else 'its reset'}"


def _rules(verdicts: Sequence["Verdict"]) -> list["Part"]:
    rows = [
        (
            *(rule.rule, " ".join(filter(None, (rule.agent, rule.provider, rule.meter))) or "-"),
            *(percent(rule.left_percent), "-" if rule.step is None else number(rule.step)),
            cell(
                rule.state if rule.reason is None else f"{rule.state} ({rule.reason})",
                _STATES.get(rule.state, ""),
            ),
        )
        for rule in verdicts
    ]
    table = Table(_RULES, rows, "<<>><")
    narrower = table.without("step", "left")
    return [Title("Stop rules"), replace(table, narrower=narrower)] if rows else []


def _detail(verdict: "Verdict") -> str:
    left = percent(verdict.left_percent)
    text = f"{verdict.agent} {verdict.provider} {verdict.meter}: {left} left"
    if verdict.step is not None:
        return f"{text}, a window costs {number(verdict.step)}"
    return f"{text}, the cost of a window is unknown" if verdict.state == "warning" else text


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
