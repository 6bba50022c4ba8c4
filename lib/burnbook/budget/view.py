"""What `budget` shows: what to stop first, then tokens, the band, meters and rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from burnbook.budget.budget import Use
from burnbook.budget.burn_rate import Out, Rate
from burnbook.budget.meter_status import Standing
from burnbook.budget.stop_rules import Verdict
from burnbook.config.loader import Config
from burnbook.preview.blocks import budget
from burnbook.preview.scene import Scene
from burnbook.view.parts import Line, Part, Table, Title, moment, number, percent

if TYPE_CHECKING:
    from burnbook.budget.burn_rate import Projection

_WHY = {
    "finalized": "the window is finalized",
    "ended": "the window has ended",
    "end-not-known": "it is not known when the window ends",
    "use-not-known": "nothing tells what was used",
    "too-little-known": "too little is known of the rate yet",
}


def parts(
    shown: Scene,
    used: Use,
    rate: Rate,
    projected: "Projection",
    meters: Sequence[Standing],
    verdicts: Sequence[Verdict],
) -> list[Part]:
    """Stops and warnings, the budget's own lines, burn, projection, and two tables."""
    found: list[Part] = []
    for word, state in (("Stop", "stop"), ("Warning", "warning")):
        found += [
            Line(f"{word}: {one.message} ({_said(one)})", strong=True)
            for one in verdicts
            if one.state == state
        ]
    first, *more = budget.show({"budget": used}, shown)
    assert isinstance(first, Line)
    found += [Line(f"{shown.window} {first.text[:1].lower()}{first.text[1:]}"), *more]
    found.append(Line(_burn(rate)))
    found += _projection(shown.config, projected)
    found += _meters(shown.config, meters) + _rules(verdicts)
    return found


def _burn(rate: Rate) -> str:
    hour, window = number(_whole(rate.last_hour)), number(_whole(rate.window))
    line = f"Burn: {hour} tokens an hour over the last hour, {window} over the window"
    if rate.low is None or rate.high is None:
        return line
    return f"{line}; to come {number(_whole(rate.low))} to {number(_whole(rate.high))}"


def _projection(config: Config, projected: "Projection") -> list[Part]:
    if projected.reason is not None:
        return [Line(f"Projection: none, {_WHY[projected.reason]}")]
    low, high = number(projected.used_tokens_low), number(projected.used_tokens_high)
    at = moment(projected.at, config.zone)
    found: list[Part] = [Line(f"Projection: {low} to {high} used at the end ({at})")]
    outs = (("target", projected.target_runs_out), ("capacity", projected.capacity_runs_out))
    for name, out in outs:
        if out is not None:
            found.append(Line(f"The {name} {_out(config, out, projected.at)}"))
    return found


def _out(config: Config, out: Out, ends: datetime | None) -> str:
    if out.over:
        return "is used up"
    early, late = (m if m and ends and m < ends else None for m in (out.earliest, out.latest))
    if early is None:
        return "lasts to the end"
    if late is None:
        return f"runs out at {moment(early, config.zone)} at the earliest, or lasts to the end"
    return f"runs out between {moment(early, config.zone)} and {moment(late, config.zone)}"


def _meters(config: Config, meters: Sequence[Standing]) -> list[Part]:
    rows = [
        (
            *(one.agent, one.provider, one.meter),
            *(percent(one.used_percent), percent(one.left_percent)),
            moment(one.resets_at, config.zone),
            _band(one.per_hour),
            _meter_out(config, one),
        )
        for one in meters
    ]
    head = ("agent", "provider", "meter", "used", "left", "resets", "% an hour", "runs out")
    return [Title("Meters"), Table(head, rows, "<<<>><><")] if rows else []


def _band(rate: Rate) -> str:
    if rate.low is None or rate.high is None:
        return "-"
    return f"{rate.low:.1f} to {rate.high:.1f}"


def _meter_out(config: Config, one: Standing) -> str:
    out = one.runs_out
    if one.reason == "reset-since":
        return "was reset since"
    if out is None:
        return "-"
    if out.over:
        return "is used up"
    if out.earliest is None:
        return "resets first" if one.resets_first else "not in sight"
    late = moment(out.latest, config.zone) if out.latest else "its reset"
    return f"{moment(out.earliest, config.zone)} to {late}"


def _rules(verdicts: Sequence[Verdict]) -> list[Part]:
    rows = [
        (
            one.rule,
            " ".join(filter(None, (one.agent, one.provider, one.meter))) or "-",
            percent(one.left_percent),
            "-" if one.step is None else number(one.step),
            one.state if one.reason is None else f"{one.state} ({one.reason})",
        )
        for one in verdicts
    ]
    head = ("rule", "of", "left", "step", "says")
    return [Title("Stop rules"), Table(head, rows, "<<>><")] if rows else []


def _said(one: Verdict) -> str:
    said = f"{one.agent} {one.provider} {one.meter}: {percent(one.left_percent)} left"
    if one.step is not None:
        return f"{said}, a window costs {number(one.step)}"
    return f"{said}, what a window costs is not known" if one.state == "warning" else said


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
