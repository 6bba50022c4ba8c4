"""The scoreboard: features per percentage point over all finalized windows.

By provider, all methodologies together and each on its own. The figures are those of
`efficiency.ratio`: null below n = 3.
"""

import msgspec

from burnbook.meters import efficiency
from burnbook.windows.history import Finalized, History


class Score(msgspec.Struct, frozen=True):
    """One provider with one methodology, or with all of them (`scope`).

    `methodology` is null for windows that name none. `n` counts windows with plain points;
    `left_out` those without: a reset lies between, a meter is not known, or it did not move.
    """

    provider: str
    scope: str
    methodology: str | None
    n: int
    left_out: int
    features: float
    points: float
    per_point: float | None
    low: float | None
    high: float | None
    power: float | None


def scores(history: History, effect: float, provider: str | None = None) -> list[Score]:
    """By provider's name: all together first, then the methodologies, the best ratio first."""
    windows = list(history.windows.values())
    names = {name for one in windows for name in (*one.made, *one.left_out)}
    found = []
    for name in sorted(names if provider is None else names & {provider}):
        mine = [one for one in windows if name in one.made or name in one.left_out]
        by_methodology: dict[str | None, list[Finalized]] = {}
        for one in mine:
            by_methodology.setdefault(_named(one.methodology), []).append(one)
        found.append(_score(name, "all", None, mine, effect))
        each = [
            _score(name, "methodology", methodology, some, effect)
            for methodology, some in by_methodology.items()
        ]
        found += sorted(each, key=_rank)
    return found


def _named(methodology: str | None) -> str | None:
    """A methodology as people mean it: how many spaces there are makes no difference."""
    return " ".join((methodology or "").split()) or None


def _score(
    provider: str, scope: str, methodology: str | None, windows: list[Finalized], effect: float
) -> Score:
    pairs = [one.made[provider] for one in windows if provider in one.made]
    ratio = efficiency.ratio(pairs, provider, effect)
    return Score(
        provider=provider,
        scope=scope,
        methodology=methodology,
        n=ratio.n,
        left_out=len(windows) - len(pairs),
        features=ratio.features,
        points=ratio.points,
        per_point=ratio.per_point,
        low=ratio.low,
        high=ratio.high,
        power=ratio.power,
    )


def _rank(score: Score) -> tuple[float, str]:
    return (-(score.per_point if score.per_point is not None else -1.0), score.methodology or "")
