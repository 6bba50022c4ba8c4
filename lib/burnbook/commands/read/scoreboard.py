"""Which provider and which methodology made most of its percentage points."""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.base import ids
from burnbook.base.text import csv_text, plural
from burnbook.context import Context, Result, note_damage
from burnbook.meters.efficiency import LEAST_N
from burnbook.review.scoreboard import Score, scores
from burnbook.view.parts import Line, Part, Table, Title, number, percent
from burnbook.windows.history import history

_HEAD = (
    *("provider", "methodology", "n", "left out", "features", "points"),
    *("ratio", "95% interval", "power"),
)


def run(ctx: Context, args: Any) -> Result:
    """Shows the scores over all finalized windows. Writes no row."""
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    effect = ctx.config.preview.effect
    finalized = history(ctx)
    result = scores(finalized, effect, provider)
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
    parts.append(Title("Features per percentage point"))
    parts.append(Table(_HEAD, [_row(score) for score in result], "<<>>>>>>>"))
    if any(score.n < LEAST_N for score in result):
        parts.append(Line(f"A ratio needs {LEAST_N} windows with exact points."))
    if any(score.left_out for score in result):
        parts.append(Line("Left out: windows whose points are unknown, 0, or hidden by a reset."))
    change = percent(round(100 * effect, 1))
    parts.append(Line(f"Power: the probability of detecting a change of {change} in the ratio."))
    return parts


def _row(score: Score) -> tuple[str, ...]:
    is_all = score.scope == "all"
    low, high = score.low, score.high
    return (
        score.provider if is_all else "",
        "all" if is_all else score.methodology or "(none)",
        *(str(score.n), str(score.left_out), number(score.features), number(score.points)),
        "-" if score.per_point is None else f"{score.per_point:.3f}",
        "-" if low is None or high is None else f"{low:.3f} to {high:.3f}",
        percent(None if score.power is None else round(100 * score.power)),
    )
