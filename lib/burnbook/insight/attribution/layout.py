"""Lays out an attribution for people: the answer, a row for each group, and what lasted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from burnbook.base.text import plural
from burnbook.insight.attribution import figures
from burnbook.insight.attribution.fates import GROUPS, Fates
from burnbook.insight.attribution.figures import interval
from burnbook.insight.attribution.join import GRADES
from burnbook.insight.attribution.lasting import DAYS, Lasting
from burnbook.insight.attribution.report import UNATTRIBUTED, Attribution, Key, Sums
from burnbook.view.parts import Line, Part, Table, Title, number, rounded

_MOST_ROWS = 12  # without --all
_LEGEND = "Shares with 95% intervals; n: commits; changed and reverted: within 30 days."
_REASONS = {
    figures.NO_FOLDER: "whose log names no folder",
    figures.NO_REPOSITORY: "in no repository of this machine",
    figures.NO_COMMIT: "with no commit soon enough after them",
}


def parts(
    attribution: Attribution,
    by: str,
    groups: Mapping[Key, Sums],
    rows: Sequence[Mapping[str, Any]],
    fates: Fates,
    *,
    is_whole: bool,
) -> list[Part]:
    """The answer first; with `is_whole`, every row."""
    whole = figures.total(groups)
    if not whole.requests:
        return [Line("attribute: no requests of this period in the book", strong=True)]
    result: list[Part] = [Line(_answer(attribution, whole), strong=True)]
    result += [Line(_lasting_text(fates))] if fates.attributed.commits else []
    shown = rows if is_whole else rows[:_MOST_ROWS]
    result += [Title(f"By {by}"), _table(by, shown, figures.amounts(whole))]
    if len(rows) > len(shown):
        result.append(Line(f"{len(rows) - len(shown):,} more rows; --all shows them."))
    if fates.attributed.survival[DAYS[0]].value is not None:
        result += [Title("What lasted"), _fates_table(fates, by), Line(_LEGEND)]
    result += [
        Line(f"Unattributed: {row['tokens']:,} tokens {_REASONS[row['reason']]}.")
        for row in figures.reasons(attribution)
    ]
    return result


def _answer(attribution: Attribution, whole: Sums) -> str:
    commits, pulls = (
        len([key for key in attribution.sums(by) if key != UNATTRIBUTED]) for by in ("commit", "pr")
    )
    share = dict(figures.shares(whole))
    text = f"{rounded(1 - share[None])} of {number(whole.total)} tokens became "
    text += f"{plural(commits, 'commit')} ({rounded(share[GRADES[0]])} grade {GRADES[0]})"
    return f"{text} in {plural(pulls, 'pull request')}" if pulls else text


def _lasting_text(fates: Fates) -> str:
    left, changed = interval(fates.attributed.survival[30]), interval(fates.attributed.rework)
    if left == "-":
        reason = fates.attributed.survival[30].reason
        return f"What is left of their lines after 30 days is not known: {reason}."
    return f"After 30 days, {left} of their lines were left; {changed} were changed."


def _table(by: str, rows: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]) -> Table:
    """A row for each group, then the total; without dollars where it is narrow."""
    titles = ("title",) if by in ("commit", "pr") else ()
    lines = ("lines left",) if by == "commit" else ()
    head = (by, *titles, "tokens", "USD", "A", "B", "C", *lines)
    cells = []
    for row in (*rows, {by: _TOTAL, **whole}):
        name = "unattributed" if row[by] is None else _NAMES.get(by, str)(row[by])
        usd = f"{row['usd']:,.2f}" if row["usd_is_whole"] else f"at least {row['usd']:,.2f}"
        grades = [_share(row["grades"][grade], row["tokens"]) for grade in GRADES]
        cell = [name, *((row.get("title") or "",) if titles else ())]
        cell += [number(row["tokens"]), usd, *grades]
        cells.append(cell + ([_left(row)] if lines else []))
    table = Table(head, cells, f"<{'<' * len(titles)}>>>>>{'>' * len(lines)}")
    return replace(table, narrower=table.without("USD"))


_TOTAL = "total"
_NAMES: dict[str, Callable[[str], str]] = {
    "commit": lambda name: name[: figures.SHORT],
    "pr": lambda name: name if name == _TOTAL else f"#{name}",
}


def _left(row: Mapping[str, Any]) -> str:
    if row.get("lines_added") is None:
        return "-"
    return f"{row['lines_left']:,}/{row['lines_added']:,}"


def _share(part: int, whole: int) -> str:
    return rounded(part / whole) if part and whole else "-"


def _fates_table(fates: Fates, by: str) -> Table:
    """A row for each group, without figures that no group has."""
    head = ("commits of", "n", *(f"{days} days" for days in DAYS), "changed", "reverted")
    groups: list[tuple[str, Lasting]] = [("all with requests", fates.attributed)]
    of_groups = fates.groups[by if by in GROUPS else "agent"]
    groups += [(name or "(none)", fate) for name, fate in of_groups.items()]
    groups += [("no request", fates.others)] if fates.others.commits else []
    rows = [_fate_row(name, fate) for name, fate in groups]
    unknown = [title for n, title in enumerate(head) if all(row[n] == "-" for row in rows)]
    table = Table(head, rows, "<>>>>>>").without(*unknown)
    return replace(table, narrower=table.without("7 days"))


def _fate_row(name: str, fate: Lasting) -> Sequence[str]:
    estimates = [*fate.survival.values(), fate.rework, fate.reverted]
    return (name, number(fate.commits), *map(interval, estimates))
