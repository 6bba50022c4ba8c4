"""How much of what was added lasted: lines after some days, rework, and reverts.

A share of lines is a ratio of sums over commits: lines that are left, by lines that were added. Its
interval is that of Korn and Graubard for a proportion from clusters, which are the commits here.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from burnbook.insight.attribution.repository.lines import Fate
from burnbook.insight.estimate import LEVEL, Estimate

DAYS = (7, 30, 90)
REWORK_DAYS = 30
LEAST = 10
"""Commits without which no share is estimated."""
_DAY = 86_400


class Part(NamedTuple):
    """A commit and how much of it belongs to a group: 0 to 1."""

    fate: Fate
    reverted_at: int | None
    weight: float


class Lasting(NamedTuple):
    """What lasted of a group's commits. Shares are 0 to 1.

    `commits` is the number of its commits with lines on the main branch, `lines` how many they
    added.
    """

    commits: int
    lines: int
    survival: Mapping[int, Estimate]
    rework: Estimate
    reverted: Estimate


def lasting(parts: Sequence[Part], now: float) -> Lasting:
    """The figures of a group at a moment, in epoch seconds."""
    counted = [part for part in parts if part.fate.added and part.weight]
    survival = {days: _survival(counted, days, now) for days in DAYS}
    whole = [part for part in counted if _age(part, now) >= REWORK_DAYS]
    changed = [(p.weight * _changed(p.fate), p.weight * p.fate.added) for p in whole]
    reverts = [(p.weight * _is_reverted(p), p.weight) for p in whole]
    lines = round(sum(part.weight * part.fate.added for part in counted))
    return Lasting(
        len(counted),
        lines,
        survival,
        _estimate(changed, REWORK_DAYS, round(sum(base for _, base in changed))),
        _estimate(reverts, REWORK_DAYS, len(reverts)),
    )


def _survival(parts: Sequence[Part], days: int, now: float) -> Estimate:
    old = [part for part in parts if _age(part, now) >= days]
    pairs = [(p.weight * _alive(p.fate, days), p.weight * p.fate.added) for p in old]
    return _estimate(pairs, days, round(sum(base for _, base in pairs)))


def _age(part: Part, now: float) -> float:
    return (now - part.fate.landed_at) / _DAY


def _alive(fate: Fate, days: int) -> int:
    """The lines that are left some days after the commit came to the main branch."""
    until = fate.landed_at + days * _DAY
    left = fate.added
    for at, count in fate.alive:
        if at > until:
            break
        left = count
    return min(left, fate.added)


def _changed(fate: Fate) -> int:
    until = fate.landed_at + REWORK_DAYS * _DAY
    return min(fate.added, sum(count for at, count in fate.changed if at <= until))


def _is_reverted(part: Part) -> bool:
    if part.reverted_at is None:
        return False
    return part.reverted_at <= part.fate.landed_at + REWORK_DAYS * _DAY


def _estimate(pairs: Sequence[tuple[float, float]], days: int, units: int) -> Estimate:
    """A share from pairs of a part and its whole; `units` is the number of lines or commits."""
    n = len(pairs)
    if n < LEAST:
        known = "no commit is" if not n else "1 commit is" if n == 1 else f"{n} commits are"
        return Estimate(n=n, reason=f"{known} {days} days old; {LEAST} are needed")
    value, low, high = ratio_interval(pairs, units)
    return Estimate(value=value, low=low, high=high, n=n)


def ratio_interval(pairs: Sequence[tuple[float, float]], units: int) -> tuple[float, float, float]:
    """A share with its interval, from pairs of a part and its whole for each cluster.

    Korn and Graubard 1998: Clopper and Pearson's interval for the effective number of units, that
    which independent units would need for the variance between clusters. The degrees of freedom are
    those of the effective number of clusters, because some commits are much larger than others. For
    the interval, a cluster of mean size that is left and one that is not are added (after Agresti
    and Coull 1998): otherwise it is too short where nearly all clusters agree.
    """
    import numpy as np
    from scipy import special  # `stats` has the same functions, but takes a second to import

    parts, wholes = np.asarray(pairs, dtype=float).T
    value = parts.sum() / wholes.sum()
    clusters = wholes.sum() ** 2 / (wholes**2).sum()
    degrees = max(1.0, clusters - 1)
    mean = wholes.mean()
    parts, wholes = np.append(parts, [0, mean]), np.append(wholes, [mean, mean])
    n, total = len(parts), wholes.sum()
    share = parts.sum() / total
    squares = ((parts - share * wholes) ** 2).sum()
    variance = n / (n - 1) * squares / total**2 * max(1.0, clusters / degrees)
    tail = (1 - LEVEL) / 2
    quantiles = special.ndtri(tail) / special.stdtrit(degrees, tail)
    effective = min(float(max(1, units)), share * (1 - share) / variance * quantiles**2)
    hits = share * effective
    low = special.betaincinv(hits, effective - hits + 1, tail)
    high = special.betaincinv(hits + 1, effective - hits, 1 - tail)
    return float(value), float(min(low, value)), float(max(high, value))
