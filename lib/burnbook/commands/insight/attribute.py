"""What the tokens of requests became, and how much of it lasted."""

from typing import Any

from burnbook import extras
from burnbook.base.errors import Missing, UsageError
from burnbook.context import Context, Result, note_damage
from burnbook.insight.attribution import comment, figures, layout
from burnbook.insight.attribution.fates import Fates, find_fates
from burnbook.insight.attribution.report import Attribution
from burnbook.insight.attribution.requests import EVER, Span, span_of_days, span_of_window
from burnbook.times import clock
from burnbook.times.days import parse_days
from burnbook.windows.current import wanted


def run(ctx: Context, args: Any) -> Result:
    """One table, and what lasted; or the comment of one pull request. Writes no row."""
    extras.use("insight", "attribute")
    if args.pr is not None and args.by != "commit":
        raise UsageError("--pr shows the commits of a pull request; leave out --by")
    window = wanted(ctx, args.window) if args.window is not None else None
    span = _span(ctx, args, window)
    attribution = Attribution(ctx, span, window, args.repo)
    note_damage(ctx)
    fates = find_fates(attribution, clock.now().timestamp())
    if args.pr is not None:
        return _pull(attribution, fates, args)
    groups = attribution.sums(args.by)
    data = {
        "by": args.by,
        "window": window,
        "since": None if span[0] == EVER[0] else span[0],
        "until": None if span[1] == EVER[1] else span[1],
        "totals": figures.amounts(figures.total(groups)),
        "rows": figures.rows(attribution, args.by, groups, fates),
        "unattributed": figures.reasons(attribution),
        "lasting": figures.fate_values(fates),
        "repositories": [
            {
                "repository": reading.git.name,
                "main": reading.changes.history.main,
                "commits": len(reading.changes.history.commits),
                "too_large": reading.too_large,
            }
            for reading in attribution.readings
        ],
    }
    shown = layout.parts(attribution, args.by, groups, data["rows"], fates, is_whole=args.all)
    return Result(shown, data)


def _span(ctx: Context, args: Any, window: str | None) -> Span:
    days = (args.since, args.until, args.last)
    if window is not None:
        if any(days):
            raise UsageError("a window has its own days; leave out --since, --until and --last")
        return span_of_window(ctx, window) or EVER
    zone = ctx.config.zone
    period = parse_days(clock.to_wall(clock.now(), zone).date(), *days)
    return span_of_days(zone, period.since, period.until)


def _pull(attribution: Attribution, fates: Fates, args: Any) -> Result:
    number = args.pr.removeprefix("#").removeprefix("!")
    summary = comment.pull_request(attribution, number, fates)
    if summary is None:
        raise Missing(
            f"no commit names pull request {args.pr!r}; fetch the repository, or name it by --repo"
        )
    ready = comment.markdown(summary) if args.format == "markdown" else None
    return Result(comment.parts(summary), summary, ready=ready)
