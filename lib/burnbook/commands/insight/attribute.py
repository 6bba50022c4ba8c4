"""What the tokens of requests became, and how much of it lasted."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from burnbook import extras
from burnbook.base.errors import Missing, UsageError
from burnbook.base.text import plural
from burnbook.context import Context, Result, note_damage
from burnbook.insight.attribution import comment, figures
from burnbook.insight.attribution.figures import interval, rounded
from burnbook.insight.attribution.fates import Fates, find_fates
from burnbook.insight.attribution.join import GRADES
from burnbook.insight.attribution.lasting import Lasting
from burnbook.insight.attribution.report import UNATTRIBUTED, Attribution, Key, Sums
from burnbook.insight.attribution.requests import EVER, Span, span_of_window
from burnbook.times import clock
from burnbook.times.days import parse_days
from burnbook.view.parts import Line, Part, Table, Title, number
from burnbook.windows.current import wanted

_MOST_ROWS = 12  # in text, without --all
_LEGEND = (
    "Lines of commits that are left after some days, or were written anew or reverted within 30, "
    "with 95% intervals; n is the number of commits."
)


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
    return Result(_parts(attribution, args, groups, data["rows"], fates), data)


def _span(ctx: Context, args: Any, window: str | None) -> Span:
    days = (args.since, args.until, args.last)
    if window is not None:
        if any(days):
            raise UsageError("a window has its own days; leave out --since, --until and --last")
        return span_of_window(ctx, window) or EVER
    zone = ctx.config.zone
    found = parse_days(clock.to_wall(clock.now(), zone).date(), *days)
    began = EVER[0] if found.since is None else _midnight(found.since, zone)
    ended = EVER[1] if found.until is None else _midnight(found.until + timedelta(1), zone)
    return began, ended


def _midnight(day: Any, zone: Any) -> datetime:
    return clock.to_utc(datetime(day.year, day.month, day.day), zone)


def _pull(attribution: Attribution, fates: Fates, args: Any) -> Result:
    number = args.pr.removeprefix("#").removeprefix("!")
    found = comment.pull_request(attribution, number, fates)
    if found is None:
        raise Missing(
            f"no commit names pull request {args.pr!r}; fetch the repository, or name it by --repo"
        )
    ready = comment.markdown(found) if args.format == "markdown" else None
    return Result(comment.parts(found), found, ready=ready)


def _parts(
    attribution: Attribution,
    args: Any,
    groups: Mapping[Key, Sums],
    rows: Sequence[Mapping[str, Any]],
    fates: Fates,
) -> list[Part]:
    whole = figures.total(groups)
    if not whole.requests:
        return [Line("attribute: no requests of this period in the book", strong=True)]
    parts: list[Part] = [Line(_answer(attribution, whole), strong=True)]
    parts += [Line(_lasting_text(fates))] if fates.attributed.commits else []
    shown = rows if args.all else rows[:_MOST_ROWS]
    parts += [Title(f"By {args.by}"), _table(args.by, shown)]
    if len(rows) > len(shown):
        parts.append(Line(f"{len(rows) - len(shown):,} more rows; --all shows them."))
    if fates.attributed.commits:
        parts += [Title("What lasted"), _fates_table(fates)]
        parts.append(Line(_LEGEND))
    parts += [
        Line(f"Unattributed: {row['tokens']:,} tokens, because {row['reason']}.")
        for row in figures.reasons(attribution)
    ]
    return parts


def _answer(attribution: Attribution, whole: Sums) -> str:
    counts = [
        plural(len([key for key in attribution.sums(by) if key != UNATTRIBUTED]), noun)
        for by, noun in (("commit", "commit"), ("pr", "pull request"))
    ]
    grades = figures.shares(whole)
    known = sum(share for grade, share in grades if grade is not None)
    parts = ", ".join(f"{grade} {rounded(share)}" for grade, share in grades if grade and share)
    text = f"{rounded(known)} of {number(whole.total)} tokens became {' and '.join(counts)}"
    return f"{text}; by grade: {parts}" if parts else text


def _lasting_text(fates: Fates) -> str:
    left = fates.attributed.survival[30]
    if left.reason is not None:
        return f"What is left of their lines after 30 days is not known: {left.reason}."
    return (
        f"After 30 days, {interval(left)} of their lines were left, and "
        f"{interval(fates.attributed.rework)} were written anew (n {left.n} commits)."
    )


def _table(by: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """The widest form has a column for each grade, the narrower one the grade with most tokens."""
    titles = ("title",) if by in ("commit", "pr") else ()
    lines = ("lines left",) if by == "commit" else ()
    head = (by, *titles, "tokens", "USD", "A", "B", "C", *lines)
    cells = []
    for row in rows:
        name = "unattributed" if row[by] is None else _NAMES.get(by, str)(row[by])
        usd = f"{row['usd']:,.2f}" if row["usd_is_whole"] else f"at least {row['usd']:,.2f}"
        grades = [_share(row["grades"][grade], row["tokens"]) for grade in GRADES]
        cell = [name, *((row.get("title") or "",) if titles else ())]
        cell += [number(row["tokens"]), usd, *grades]
        cells.append(cell + ([_left(row)] if lines else []))
    table = Table(head, cells, f"<{'<' * len(titles)}>>>>>{'>' * len(lines)}")
    return replace(table, narrower=table.without("USD"))


_NAMES: dict[str, Callable[[str], str]] = {
    "commit": lambda name: name[: figures.SHORT],
    "pr": lambda number: f"#{number}",
}


def _left(row: Mapping[str, Any]) -> str:
    if row.get("lines_added") is None:
        return "-"
    return f"{row['lines_left']:,}/{row['lines_added']:,}"


def _share(part: int, whole: int) -> str:
    return rounded(part / whole) if part and whole else "-"


def _fates_table(fates: Fates) -> Table:
    head = ("commits of", "n", "7 days", "30 days", "90 days", "changed", "reverted")
    groups: list[tuple[str, Lasting]] = [("all with requests", fates.attributed)]
    groups += [
        (str(name), found) for by in ("agent", "model") for name, found in fates.groups[by].items()
    ]
    groups += [("no request", fates.others)] if fates.others.commits else []
    table = Table(head, [_fate_row(name, found) for name, found in groups], "<>>>>>>")
    return replace(table, narrower=table.without("7 days"))


def _fate_row(name: str, found: Lasting) -> Sequence[str]:
    estimates = [*found.survival.values(), found.rework, found.reverted]
    return (name, number(found.commits), *map(interval, estimates))
