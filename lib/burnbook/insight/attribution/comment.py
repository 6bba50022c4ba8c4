"""One pull request: which requests it came from, as JSON, text, and a comment in markdown.

The same book and repository give the same comment: it names no moment and no machine.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from burnbook.insight.attribution import figures
from burnbook.insight.attribution.fates import Fates
from burnbook.insight.attribution.report import Attribution, Key, Sums
from burnbook.insight.attribution.repository.read import Reading
from burnbook.view.parts import Line, Part, Table, number, rounded

_GRADES = (
    "A: the session ran the commit. B: the same branch, within a day. "
    "C: the same repository, within eight hours."
)


def pull_request(attribution: Attribution, number: str, fates: Fates) -> dict[str, Any] | None:
    """The figures of a pull request; None if no commit names it.

    Several repositories may have the number: the one with the most tokens counts.
    """
    named = [r for r in attribution.readings if number in r.changes.pulls.values()]
    if not named:
        return None
    sums = attribution.sums("pr")
    reading = max(named, key=lambda r: sums.get(Key(r.git.name, number), Sums()).total)
    commits = _commits(reading, number)
    parts = _parts(attribution, reading, {*commits})
    rows = []
    for name in commits:
        commit = reading.changes.history.commits[name]
        fate = fates.lines.get((reading.git.name, name))
        of_commit = parts.get(("commit", name), Sums())
        rows.append(
            {
                "commit": name,
                "title": commit.title,
                **figures.amounts(of_commit),
                "lines_added": fate.added if fate else None,
                "lines_left": fate.left if fate else None,
            }
        )
    whole = sums.get(Key(reading.git.name, number), Sums())
    return {
        "pr": number,
        "repository": reading.git.name,
        "title": figures.title_of_pull(reading, number),
        "issues": sorted({key for c in commits for key in attribution.issues_of(reading, c)}),
        "totals": figures.amounts(whole),
        "commits": rows,
        "users": [
            {"agent": agent, "model": model, **figures.amounts(sums)}
            for (agent, model), sums in _users(parts)
        ],
    }


def _commits(reading: Reading, number: str) -> list[str]:
    """The commits that last of a pull request, without merges, in order."""
    changes = reading.changes
    finals = {changes.final[name] for name, pull in changes.pulls.items() if pull == number}
    order = list(changes.history.commits)
    single = [name for name in finals if not changes.history.commits[name].is_merge]
    return sorted(single or finals, key=order.index)


def _parts(
    attribution: Attribution, reading: Reading, commits: set[str]
) -> dict[tuple[str, Any], Sums]:
    """The sums of each commit, and of each agent and model."""
    parts: dict[tuple[str, Any], Sums] = {}
    for each in attribution.attributed:
        if each.reading is not reading or not commits.intersection(each.joined.commits):
            continue
        for key, share in attribution.shares(each, "commit"):
            if key.name in commits:
                who = each.request.agent, each.request.model
                for group in (("commit", key.name), ("user", who)):
                    sums = parts.setdefault(group, Sums())
                    sums.add(*share, each.joined.grade)
                    sums.is_priced = sums.is_priced and each.request.is_priced
    return parts


def _users(parts: Mapping[tuple[str, Any], Sums]) -> Sequence[tuple[Any, Sums]]:
    users = [(name, sums) for (group, name), sums in parts.items() if group == "user"]
    return sorted(users, key=lambda pair: (-pair[1].total, str(pair[0])))


def _line(summary: Mapping[str, Any]) -> str:
    totals = summary["totals"]
    if not totals["tokens"]:
        return f"#{summary['pr']} {summary['title']}: no request is attributed to it"
    return f"#{summary['pr']} {summary['title']}: {number(totals['tokens'])} tokens, {_usd(totals)}"


def _usd(values: Mapping[str, Any]) -> str:
    text = f"${values['usd']:,.2f} at list prices"
    return text if values["usd_is_whole"] else f"at least {text}"


def _grades(values: Mapping[str, Any]) -> str:
    labels = [
        f"{grade} {rounded(values['grades'][grade] / values['tokens'])}"
        for grade in "ABC"
        if values["grades"][grade]
    ]
    return ", ".join(labels) or "-"


def parts(summary: Mapping[str, Any]) -> list[Part]:
    """The same as text."""
    commits = [
        (row["commit"][: figures.SHORT], row["title"], number(row["tokens"]), _grades(row))
        for row in summary["commits"]
    ]
    users = [
        (row["agent"] or "-", row["model"] or "-", number(row["tokens"]), _usd(row))
        for row in summary["users"]
    ]
    result: list[Part] = [Line(_line(summary), strong=True)]
    result.append(Table(("commit", "title", "tokens", "grade"), commits, "<<>>"))
    if users:
        result.append(Table(("agent", "model", "tokens", "cost"), users, "<<>>"))
    return [*result, Line(_GRADES)]


def markdown(summary: Mapping[str, Any]) -> str:
    """The comment: what it took, by commit, and by agent and model."""
    lines = [f"### {_escaped(_line(summary))}", ""]
    if summary["issues"]:
        lines += [f"Issues: {', '.join(map(_escaped, summary['issues']))}", ""]
    lines += ["| commit | tokens | grade | lines left |", "| --- | ---: | --- | ---: |"]
    for row in summary["commits"]:
        left = "-" if row["lines_added"] is None else f"{row['lines_left']} of {row['lines_added']}"
        title = f"{row['commit'][: figures.SHORT]} {_escaped(row['title'])}"
        lines.append(f"| {title} | {number(row['tokens'])} | {_grades(row)} | {left} |")
    if summary["users"]:
        lines += ["", "| agent | model | tokens | cost |", "| --- | --- | ---: | ---: |"]
    for row in summary["users"]:
        names = f"{_escaped(row['agent'] or '-')} | {_escaped(row['model'] or '-')}"
        lines.append(f"| {names} | {number(row['tokens'])} | {_usd(row)} |")
    return "\n".join([*lines, "", f"_{_GRADES}_", ""])


def _escaped(text: str) -> str:
    """Text that markdown shows as it is; a mention must not notify anybody."""
    for char in "\\`*_{}[]<>|~":
        text = text.replace(char, f"\\{char}")
    return text.replace("@", "@\u200b")
