"""Which provider and which methodology made most of its percentage points."""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.base import ids
from burnbook.base.text import csv_text, plural
from burnbook.context import Context, Result, note_damage
from burnbook.meters.efficiency import LEAST_N
from burnbook.review.offload.uses import uses
from burnbook.review.scoreboard import Score, scores
from burnbook.view.parts import Line, Part, Table, Title, number, percent
from burnbook.windows.history import history

_HEAD = (
    *("provider", "method", "n", "left out", "features", "points"),
    *("ratio", "95% interval", "power"),
)
_USE_HEAD = ("provider", "method", "per", "n", "features", "amount", "ratio", "95% interval")
# How many of a unit a ratio is shown for.
_PER = {
    "request": (1_000, "1,000 requests"),
    "token": (1_000_000, "million tokens"),
}
_OBSERVATIONAL = "Observational: windows were not assigned to methods at random; see `experiment`."
_HEAD_NARROW = _HEAD[:3] + _HEAD[4:7]


def run(ctx: Context, args: Any) -> Result:
    """Shows the scores over all finalized windows. Writes no row."""
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    effect = ctx.config.preview.effect
    finalized = history(ctx)
    result = scores(finalized, effect, provider, uses(ctx, finalized, provider))
    note_damage(ctx)
    data = {"windows": len(finalized.windows), "effect": effect, "scores": result}
    head = Score.__struct_fields__
    cells = [head, *(msgspec.structs.astuple(score) for score in result)]
    ready = csv_text(cells) if args.format == "csv" else None
    return Result(_parts(len(finalized.windows), result, effect), data, ready=ready)


def _parts(windows: int, result: Sequence[Score], effect: float) -> list[Part]:
    title = f"Scoreboard over {plural(windows, 'finalized window')}"
    parts: list[Part] = [Line(title, strong=True)]
    if not result:
        return [*parts, Line("No window has features; give them with `finalize --features`.")]
    of_points = [score for score in result if score.unit == "point"]
    of_use = [score for score in result if score.unit != "point"]
    if of_points:
        parts.append(Title("Features per percentage point"))
        rows = [_row(score) for score in of_points]
        narrow = Table(_HEAD_NARROW, [row[:3] + row[4:7] for row in rows], "<<>>>>")
        parts.append(Table(_HEAD, rows, "<<>>>>>>>", narrower=narrow))
    if of_use:
        parts.append(Title("Features per request and new token"))
        parts.append(Table(_USE_HEAD, [_use_row(score) for score in of_use], "<<<>>>>>"))
        parts.append(
            Line("Requests and tokens: of the proxy, else of logs; requests else of panes.")
        )
    if any(score.n < LEAST_N for score in result):
        known = "exact points" if of_points else "a known amount"
        parts.append(Line(f"A ratio needs {LEAST_N} windows with {known}."))
    if any(score.left_out for score in of_points):
        parts.append(Line("Left out: windows whose points are unknown, 0, or hidden by a reset."))
    methods = {score.methodology for score in result if score.methodology is not None}
    if len(methods) > 1:
        parts.append(Line(_OBSERVATIONAL))
    if of_points:
        change = percent(round(100 * effect, 1))
        text = f"Power: the probability of detecting a change of {change} in the ratio."
        parts.append(Line(text))
    return parts


def _row(score: Score) -> tuple[str, ...]:
    low, high = score.low, score.high
    return (
        *_names(score),
        *(str(score.n), str(score.left_out), number(score.features), number(score.points)),
        "-" if score.per_point is None else f"{score.per_point:.3f}",
        "-" if low is None or high is None else f"{low:.3f} to {high:.3f}",
        percent(None if score.power is None else round(100 * score.power)),
    )


def _use_row(score: Score) -> tuple[str, ...]:
    size, per = _PER[score.unit]
    low, high = score.low, score.high
    return (
        *_names(score),
        *(per, str(score.n), number(score.features), number(score.amount)),
        "-" if score.per_unit is None else _short(size * score.per_unit),
        "-" if low is None or high is None else f"{_short(size * low)} to {_short(size * high)}",
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _names(score: Score) -> tuple[str, str]:
    is_all = score.scope == "all"
    return (score.provider if is_all else "", "all" if is_all else score.methodology or "(none)")
