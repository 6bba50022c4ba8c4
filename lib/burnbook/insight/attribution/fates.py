"""The fate of the commits that requests became: all together, and by window, agent and model."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from burnbook.churn.git import NotCounted
from burnbook.insight.attribution.lasting import Lasting, Part, lasting
from burnbook.insight.attribution.report import Attribution
from burnbook.insight.attribution.repository.lines import Fate
from burnbook.insight.attribution.repository.read import Reading

GROUPS = ("window", "agent", "model")
"""By what the fate of commits is shown."""
_SURE = ("A", "B")  # grades of the tokens by which a commit belongs to a group


class Fates(NamedTuple):
    """What lasted: of all commits with requests of grade A or B, by group, and of all others.

    `lines` has the fate of each commit, by repository and commit.
    """

    attributed: Lasting
    others: Lasting
    groups: Mapping[str, Mapping[str | None, Lasting]]
    lines: Mapping[tuple[str, str], Fate]


def find_fates(attribution: Attribution, now: float) -> Fates:
    """Follows the lines of the repositories up to a moment, in epoch seconds."""
    weights = _weights(attribution)
    lines: dict[tuple[str, str], Fate] = {}
    groups: dict[str, dict[str | None, list[Part]]] = {by: defaultdict(list) for by in GROUPS}
    mine: list[Part] = []
    others: list[Part] = []
    for reading, fates, reverted in _read(attribution):
        for commit, fate in fates.items():
            if reading.changes.history.commits[commit].is_merge:
                continue
            key = reading.git.name, commit
            lines[key] = fate
            part = Part(fate, reverted.get(commit), 1.0)
            shares = weights.get(key)
            if shares is None:
                others.append(part)
                continue
            if not shares:
                continue  # requests of grade C alone, or of another period
            mine.append(part)
            for by in GROUPS:
                whole = sum(shares[by].values())
                for name, tokens in shares[by].items():
                    groups[by][name].append(part._replace(weight=tokens / whole))
    return Fates(
        lasting(mine, now),
        lasting(others, now),
        {
            by: {name: lasting(members[name], now) for name in sorted(members, key=str)}
            for by, members in groups.items()
        },
        lines,
    )


def _read(attribution: Attribution) -> list[tuple[Reading, dict[str, Fate], Mapping[str, int]]]:
    result = []
    for reading in attribution.readings:
        try:
            fates, reverts = reading.fates()
        except NotCounted as error:
            attribution.ctx.notes.append(f"{error}; its lines are not followed")
            continue
        result.append((reading, fates, reverts.moments))
    return result


def _weights(
    attribution: Attribution,
) -> dict[tuple[str, str], dict[str, dict[str | None, int]]]:
    """The tokens of each commit by group; empty for a commit that has none of a sure grade."""
    counted = {id(each) for each in attribution.attributed}
    weights: dict[tuple[str, str], dict[str, dict[str | None, int]]] = {}
    for each in attribution.everything:
        for commit in each.joined.commits:
            assert each.reading is not None
            shares = weights.setdefault((each.reading.git.name, commit), {})
            total = each.request.total
            if each.joined.grade not in _SURE or id(each) not in counted or not total:
                continue
            for by in GROUPS:
                of_group = shares.setdefault(by, {})
                name = getattr(each.request, by)
                of_group[name] = of_group.get(name, 0) + total
    return weights
