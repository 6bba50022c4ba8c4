"""The figures of an attribution as values for JSON, tables and charts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from burnbook.cost.calculate import ATTO
from burnbook.insight.attribution.fates import Fates
from burnbook.insight.attribution.join import GRADES
from burnbook.insight.attribution.lasting import DAYS, Lasting
from burnbook.insight.attribution.report import Attribution, Key, Sums
from burnbook.insight.attribution.repository.pull_requests import without_pull
from burnbook.insight.attribution.repository.read import Reading
from burnbook.insight.attribution.requests import KINDS
from burnbook.insight.estimate import Estimate

NO_FOLDER = "the log names no folder"
NO_REPOSITORY = "no repository of its folder is on this machine"
NO_COMMIT = "no commit came soon enough after it"
SHORT = 10
"""Digits of a commit's hash that text shows."""


def amounts(sums: Sums) -> dict[str, Any]:
    """Requests, tokens by kind, dollars at list prices, and the tokens of each grade."""
    kinds = {f"{kind}_tokens": sums.tokens[index] for index, kind in enumerate(KINDS)}
    return {
        "requests": sums.requests,
        "tokens": sums.total,
        **kinds,
        "usd": sums.attos / ATTO,
        "usd_is_whole": sums.is_priced,
        "grades": {grade or "none": sums.by_grade.get(grade, 0) for grade in (*GRADES, None)},
    }


def total(groups: Mapping[Key, Sums]) -> Sums:
    """The sums of all groups."""
    result = Sums()
    for sums in groups.values():
        result.requests += sums.requests
        result.attos += sums.attos
        result.is_priced = result.is_priced and sums.is_priced
        result.tokens = [a + b for a, b in zip(result.tokens, sums.tokens, strict=True)]
        for grade, count in sums.by_grade.items():
            result.by_grade[grade] = result.by_grade.get(grade, 0) + count
    return result


def rows(
    attribution: Attribution, by: str, groups: Mapping[Key, Sums], fates: Fates | None
) -> list[dict[str, Any]]:
    """A row for each group; of commits, with what they are and what is left of their lines."""
    readings = {reading.git.name: reading for reading in attribution.readings}
    result = []
    for key, sums in groups.items():
        row: dict[str, Any] = {"repository": key.repository, by: key.name}
        if by == "commit" and key.name is not None:
            row |= _commit(attribution, readings[str(key.repository)], key.name, fates)
        if by == "pr" and key.name is not None:
            row |= {"title": title_of_pull(readings[str(key.repository)], key.name)}
        result.append({**row, **amounts(sums)})
    return result


def _commit(
    attribution: Attribution, reading: Reading, name: str, fates: Fates | None
) -> dict[str, Any]:
    commit = reading.changes.history.commits[name]
    fate = fates.lines.get((reading.git.name, name)) if fates else None
    return {
        "title": commit.title,
        "authored": datetime.fromtimestamp(commit.authored, UTC),
        "is_merged": name in reading.changes.landed,
        "pr": reading.changes.pulls.get(name),
        "issues": [*attribution.issues_of(reading, name)],
        "lines_added": fate.added if fate else None,
        "lines_left": fate.left if fate else None,
    }


def title_of_pull(reading: Reading, number: str) -> str:
    """The title of a pull request: of its squash or merge commit, else of its last commit."""
    changes = reading.changes
    commits = [changes.history.commits[n] for n, pull in changes.pulls.items() if pull == number]
    last = max(commits, key=lambda commit: (commit.is_merge, commit.committed, commit.hash))
    if not last.is_merge:
        return last._replace(message=without_pull(last.subject)).title
    # The body of GitHub's merge commits is the title of the pull request.
    body = [line.strip() for line in last.message.splitlines()[1:] if line.strip()]
    return last._replace(message=body[0]).title if body else last.title


def lasting_values(fate: Lasting) -> dict[str, Any]:
    """What lasted of a group's commits, for JSON: each share with its interval and n."""
    return {
        "commits": fate.commits,
        "lines_added": fate.lines,
        **{f"survival_{days}d": fate.survival[days].figures() for days in DAYS},
        "rework_30d": fate.rework.figures(),
        "reverted_30d": fate.reverted.figures(),
    }


def fate_values(fates: Fates) -> dict[str, Any]:
    """What lasted: of commits with requests, of all others, and by group."""
    return {
        "attributed": lasting_values(fates.attributed),
        "others": lasting_values(fates.others),
        **{
            by: [{by: name, **lasting_values(fate)} for name, fate in groups.items()]
            for by, groups in fates.groups.items()
        },
    }


def reasons(attribution: Attribution) -> list[dict[str, Any]]:
    """Why requests are unattributed: requests and tokens of each reason."""
    sums: dict[str, list[int]] = {}
    for each in attribution.attributed:
        if each.joined.commits:
            continue
        if each.request.project is None:
            reason = NO_FOLDER
        elif each.reading is None:
            reason = NO_REPOSITORY
        else:
            reason = NO_COMMIT
        sum_of_reason = sums.setdefault(reason, [0, 0])
        sum_of_reason[0] += 1
        sum_of_reason[1] += each.request.total
    order = sorted(sums.items(), key=lambda pair: (-pair[1][1], pair[0]))
    return [{"reason": name, "requests": n, "tokens": tokens} for name, (n, tokens) in order]


def shares(sums: Sums) -> Sequence[tuple[str | None, float]]:
    """The share of all tokens that each grade has, 0 to 1; None for `unattributed`."""
    whole = sums.total or 1
    return [(grade, sums.by_grade.get(grade, 0) / whole) for grade in (*GRADES, None)]


def interval(estimate: Estimate) -> str:
    """A share with its interval, such as `82% [78, 86]`; `-` if it is not known."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "-"
    return f"{estimate.value:.0%} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
