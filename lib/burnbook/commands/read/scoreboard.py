"""Which provider and which methodology made most of its percentage points."""

from collections.abc import Sequence
from typing import Any

import msgspec

from burnbook.base import ids
from burnbook.base.text import encode
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
    """The scores over all finalized windows; writes no row."""
    provider = ids.check("provider", args.provider) if args.provider is not None else None
    effect = ctx.config.preview.effect
    finalized = history(ctx)
    found = scores(finalized, effect, provider)
    note_damage(ctx)
    ctx.book.save_folds()
    data = {"windows": len(finalized.windows), "effect": effect, "scores": found}
    head = Score.__struct_fields__
    cells = [head, *(msgspec.structs.astuple(score) for score in found)]
    ready = encode(cells) if args.format == "csv" else None
    return Result(_parts(len(finalized.windows), found, effect), data, ready=ready)


def _parts(windows: int, found: Sequence[Score], effect: float) -> list[Part]:
    what = "1 finalized window" if windows == 1 else f"{windows} finalized windows"
    parts: list[Part] = [Line(f"Scoreboard over {what}", strong=True)]
    if not found:
        return [*parts, Line("None of them tells features (`finalize --features` does).")]
    parts.append(Title("Features per percentage point"))
    parts.append(Table(_HEAD, [_row(score) for score in found], "<<>>>>>>>"))
    if any(score.n < LEAST_N for score in found):
        parts.append(Line(f"A ratio needs {LEAST_N} windows with plain points."))
    if any(score.left_out for score in found):
        parts.append(Line("Left out: windows whose points a reset hides, or are not known or 0."))
    change = percent(round(100 * effect, 1))
    parts.append(Line(f"Power: the chance to see a change of {change} in the ratio."))
    return parts


def _row(score: Score) -> tuple[str, ...]:
    whole = score.scope == "all"
    low, high = score.low, score.high
    return (
        score.provider if whole else "",
        "all" if whole else score.methodology or "none named",
        *(str(score.n), str(score.left_out), number(score.features), number(score.points)),
        "-" if score.per_point is None else f"{score.per_point:.3f}",
        "-" if low is None or high is None else f"{low:.3f} to {high:.3f}",
        percent(None if score.power is None else round(100 * score.power)),
    )
