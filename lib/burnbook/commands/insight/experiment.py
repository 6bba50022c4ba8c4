"""Experiments: plans one, assigns features to arms, records outcomes, reports the verdict."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from burnbook import extras
from burnbook.base import ids
from burnbook.base.errors import UsageError
from burnbook.base.redact import redact
from burnbook.book.book import Booked
from burnbook.context import Context, Result, note_damage, own
from burnbook.insight.experiment import booking
from burnbook.insight.experiment.trial import JOURNAL, booked, plan_of
from burnbook.review.scoreboard import Score, scores
from burnbook.rows.experiments import Assignment, Experiment, Outcome
from burnbook.rows.meters import Row
from burnbook.view.parts import Line, Part
from burnbook.windows import missed_resets
from burnbook.windows.history import history

_LOOK = (
    "Read the report as often as you like: its intervals stay valid, and at most 5% of "
    "experiments have a wrong verdict."
)


def run(ctx: Context, args: Any) -> Result:
    """Books a plan, an assignment or an outcome; or shows one experiment or all of them."""
    match args.action:
        case None | "report":
            if args.feature is not None:
                raise UsageError(f"{args.feature!r} is one argument too many")
            return _report(ctx, args.name, is_list=args.action is None)
        case "new":
            if args.name is None or args.feature is not None:
                raise UsageError("`experiment new NAME` needs one name for the experiment")
            return _new(own(ctx), args)
        case _:
            if args.name is None or args.feature is None:
                raise UsageError(f"`experiment {args.action} NAME FEATURE` needs both names")
            ids.check("experiment", args.name)
            feature = redact(args.feature.strip())
            if not feature:
                raise UsageError("the feature is empty; give a name such as F-12")
            act = _assign if args.action == "assign" else _record
            return act(own(ctx), args, feature)


def _new(ctx: Context, args: Any) -> Result:
    extras.use("insight", "experiment")
    from burnbook.insight.experiment import create, wording

    given, size = create.fields(ctx, args)

    def build() -> list[tuple[str, Row]]:
        return [(JOURNAL, create.row(ctx, given, args.seed))]

    [entry] = missed_resets.commit(ctx, build)
    row = entry.row
    assert isinstance(row, Experiment)
    half = f"half of them have a verdict after {size.median}"
    title = f"{_prefix(entry)}experiment {row.experiment}: {wording.planned(row)}; {half}"
    parts = [Line(title, strong=True), Line(f"Assumed: {wording.assumed(row)}."), Line(_LOOK)]
    return Result(parts, {"booked": [_booked(entry)], "median_features": size.median})


def _assign(ctx: Context, args: Any, feature: str) -> Result:
    [entry] = missed_resets.commit(
        ctx, lambda: [(JOURNAL, booking.assignment(ctx, args.name, feature))]
    )
    row = entry.row
    assert isinstance(row, Assignment)
    text = f"{_prefix(entry)}{row.feature} of {row.experiment} is assigned to {row.arm}"
    return Result([Line(text, strong=True)], {"arm": row.arm, "booked": [_booked(entry)]})


def _record(ctx: Context, args: Any, feature: str) -> Result:
    if (args.value is None) == (not args.withdraw):
        raise UsageError("give either --value or --withdraw")
    if args.withdraw and not (args.notes or "").strip():
        raise UsageError("--withdraw needs --notes with the reason")
    value, used, notes = args.value, args.used, args.notes

    def build() -> list[tuple[str, Row]]:
        row = booking.outcome(ctx, args.name, feature, value=value, used=used, notes=notes)
        return [(JOURNAL, row)]

    [entry] = missed_resets.commit(ctx, build)
    row = entry.row
    assert isinstance(row, Outcome)
    shown = "withdrawn" if row.value is None else f"{row.value:g}"
    replaced = f", in place of {row.supersedes}" if entry.is_new and row.supersedes else ""
    text = f"{_prefix(entry)}outcome of {row.feature} in {row.experiment}: {shown}{replaced}"
    return Result([Line(f"{text} ({row.id})", strong=True)], {"booked": [_booked(entry)]})


def _report(ctx: Context, name: str | None, *, is_list: bool) -> Result:
    rows = booked(ctx)
    note_damage(ctx)
    if name is not None:
        plan_of(rows, ids.check("experiment", name))
    if not rows.plans:
        text = "no experiment is booked; `experiment new NAME` plans one"
        return Result([Line(text, strong=True)], {"experiments": []})
    extras.use("insight", "experiment")
    from burnbook.insight.experiment import layout, report

    reports = report.reports(ctx, rows, name)
    parts: Sequence[Part] = layout.table(reports) if is_list else []
    data = []
    for each in reports:
        observed = _observed(ctx, each.plan.arms)
        data.append({**each.figures(), "observational": observed})
        if not is_list:
            blank = [Line("")] if parts else []
            parts = [*parts, *blank, *layout.parts(each, _shown(observed))]
    return Result(parts, {"experiments": data})


def _observed(ctx: Context, arms: Sequence[str]) -> list[Score]:
    """What the scoreboard has of methodologies with the names of the arms."""
    every = scores(history(ctx), ctx.config.preview.effect)
    return [score for score in every if score.methodology in arms and score.unit == "point"]


def _shown(observed: Sequence[Score]) -> list[str]:
    """A line for each provider, in features per percentage point."""
    return [
        f"{provider}: {'; '.join(map(_ratio, by_provider))}"
        for provider, by_provider in groupby(observed, lambda score: score.provider)
    ]


def _ratio(score: Score) -> str:
    if score.per_point is None:
        return f"{score.methodology} not known, n = {score.n}"
    interval = f"[{score.low:.3f}, {score.high:.3f}]"
    return f"{score.methodology} {score.per_point:.3f} {interval}, n = {score.n}"


def _prefix(entry: Booked) -> str:
    return "" if entry.is_new else "already booked: "


def _booked(entry: Booked) -> dict[str, Any]:
    return {"new": entry.is_new, "row": entry.row}
