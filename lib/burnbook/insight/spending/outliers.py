"""Unusual sessions, each with the reason in a clause.

The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, ASQC 1993): the
distance from the median, divided by the median absolute deviation; above 3.5 a value is unusual.
Measures are compared as logarithms, because costs and sizes are skewed.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import log
from statistics import fmean, median
from typing import Any, NamedTuple

from burnbook.base.text import plural
from burnbook.cost.calculate import ATTO
from burnbook.insight.spending.caches import Lost, lost
from burnbook.insight.spending.requests import Spent, in_sequence

LEAST_SESSIONS = 20
"""Sessions with which others can be compared, at least."""
LEAST_REQUESTS = 5
"""Requests of a session, at least: with fewer, one request is the session."""
THRESHOLD = 3.5
_MAD, _MEAN = 1 / 0.6745, 1.253314  # what makes a deviation that of a normal distribution


class Session(NamedTuple):
    """A session: its names, its requests, and each measure by its name."""

    tool: str
    session: str
    project: str | None
    model: str | None
    requests: int
    tokens: int
    attos: int
    is_whole: bool
    measures: dict[str, float]


class Outlier(NamedTuple):
    """An unusual session: its z-scores by measure, largest first, and the reason."""

    session: Session
    scores: list[tuple[str, float]]
    reason: str


class Outliers(NamedTuple):
    """The unusual ones of `compared` sessions. `reason` says why none could be compared."""

    rows: list[Outlier]
    compared: int
    medians: dict[str, float]
    reason: str | None


def sessions(requests: Iterable[Spent]) -> list[Session]:
    """The sessions with enough requests, with what they are compared by."""
    all_requests = [spent for spent in requests if spent.row.session is not None]
    by_session: dict[tuple[str, str], list[Spent]] = {}
    growth: dict[tuple[str, str], list[int]] = {}
    losses: dict[tuple[str, str], list[Lost]] = {}
    for spent in all_requests:
        by_session.setdefault(_key(spent), []).append(spent)
    for before, spent in in_sequence(all_requests):
        growth.setdefault(_key(spent), []).append(max(spent.prompt - before.prompt, 0))
    for before, spent in in_sequence(all_requests, of_model=True):
        if (part := lost(before, spent)) is not None and part.has_expired:
            losses.setdefault(_key(spent), []).append(part)
    return [
        _session(own, growth.get(key, []), losses.get(key, []))
        for key, own in by_session.items()
        if len(own) >= LEAST_REQUESTS
    ]


def outliers(compared: Sequence[Session]) -> Outliers:
    """The unusual sessions, those first that cost most."""
    if len(compared) < LEAST_SESSIONS:
        count = plural(len(compared), "session")
        reason = f"only {count} with {LEAST_REQUESTS} requests or more; {LEAST_SESSIONS} are needed"
        return Outliers([], len(compared), {}, reason)
    scores: list[dict[str, float]] = [{} for _ in compared]
    medians = {}
    for name in _MEASURES:
        # Sessions without any, such as those whose cache never expired, are not compared.
        having = [n for n, each in enumerate(compared) if each.measures[name] > 0]
        if len(having) < LEAST_SESSIONS:
            continue
        values = [compared[n].measures[name] for n in having]
        medians[name] = median(values)
        for n, score in zip(having, modified_z([*map(log, values)]), strict=True):
            if score > THRESHOLD:
                scores[n][name] = score
    rows = []
    for session, own in zip(compared, scores, strict=True):
        if own:
            ordered = sorted(own.items(), key=lambda item: (-item[1], item[0]))
            clauses = [_MEASURES[name](session, medians[name]) for name, _ in ordered[:2]]
            rows.append(Outlier(session, ordered, ", ".join(clauses)))
    rows.sort(key=lambda row: (-row.session.attos, -row.session.tokens, row.session.session))
    return Outliers(rows, len(compared), medians, None)


def modified_z(values: Sequence[float]) -> list[float]:
    """How far each value is above the median, in robust standard deviations; 0 where all agree."""
    center = median(values)
    distances = [abs(value - center) for value in values]
    scale = median(distances) * _MAD or fmean(distances) * _MEAN
    return [(value - center) / scale if scale else 0.0 for value in values]


def _session(own: list[Spent], growth: list[int], losses: list[Lost]) -> Session:
    own.sort(key=lambda spent: (spent.row.ts, spent.row.id))
    first, count = own[0].row, len(own)
    attos = sum(spent.usd.attos for spent in own)
    tokens = sum(sum(spent.kinds) for spent in own)
    models: dict[str | None, int] = {}
    for spent in own:
        models[spent.row.model] = models.get(spent.row.model, 0) + sum(spent.kinds)
    measures = {
        "usd_per_request": attos / ATTO / count,
        "largest_request": max(sum(spent.kinds) for spent in own),
        "growth_per_request": fmean(growth) if growth else 0.0,
        "expired_tokens": sum(part.tokens for part in losses),
        "expired": len(losses),
        "repeated_calls": _longest_run(own),
    }
    return Session(
        tool=first.tool,
        session=first.session or "",
        project=first.project,
        model=max(models, key=lambda name: (models[name], name or "")),
        requests=count,
        tokens=tokens,
        attos=attos,
        is_whole=all(spent.usd.is_whole for spent in own),
        measures=measures,
    )


def _longest_run(own: list[Spent]) -> int:
    """The most requests in a row that call the same one tool."""
    calls = [spent.row.tools[0] if spent.row.tools else None for spent in own]
    return max((sum(1 for _ in run) for name, run in groupby(calls) if name), default=0)


def _key(spent: Spent) -> tuple[str, str]:
    return spent.row.tool, spent.row.session or ""


def _times(value: float, middle: float) -> str:
    return f", {value / middle:.1f} times the median" if middle else ""


def _cost(session: Session, middle: float) -> str:
    value = session.measures["usd_per_request"]
    return f"{value:.2g} USD per request{_times(value, middle)}"


def _expired(session: Session, _: float) -> str:
    times, tokens = session.measures["expired"], session.measures["expired_tokens"]
    return f"cache expired {times:.0f} times, {tokens:,.0f} tokens sent again"


# The measures, and the clause for a session whose value is unusual, given the median.
_MEASURES: dict[str, Any] = {
    "usd_per_request": _cost,
    "largest_request": lambda session, _: (
        f"one request of {session.measures['largest_request']:,.0f} tokens"
    ),
    "growth_per_request": lambda session, _: (
        f"its context grew by {session.measures['growth_per_request']:,.0f} tokens per request"
    ),
    "expired_tokens": _expired,
    "repeated_calls": lambda session, _: (
        f"the same tool in {session.measures['repeated_calls']:.0f} requests in a row"
    ),
}
