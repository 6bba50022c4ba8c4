"""The scoreboard: features per percentage point over all finalized windows.

By provider, for all methodologies together and for each one. The figures come from
`efficiency.ratio` and are null below n = 3.
"""

import msgspec

from burnbook.meters import efficiency
from burnbook.windows.history import Finalized, History


class Score(msgspec.Struct, frozen=True):
    """One provider with one methodology, or with all of them (`scope`).

    `methodology` is null for windows without one. `n` counts windows with exact points, `left_out`
    the others: there was a reset, a meter is unknown, or it did not move.
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
    """Sorted by provider: all methodologies first, then each one, the best ratio first."""
    windows = list(history.windows.values())
    names = {name for window in windows for name in (*window.results, *window.left_out)}
    result = []
    for name in sorted(names if provider is None else names & {provider}):
        with_provider = [w for w in windows if name in w.results or name in w.left_out]
        by_methodology: dict[str | None, list[Finalized]] = {}
        for window in with_provider:
            by_methodology.setdefault(_normalized(window.methodology), []).append(window)
        result.append(_score(name, "all", None, with_provider, effect))
        scores_by_methodology = [
            _score(name, "methodology", methodology, members, effect)
            for methodology, members in by_methodology.items()
        ]
        result += sorted(scores_by_methodology, key=_rank)
    return result


def _normalized(methodology: str | None) -> str | None:
    """Returns a methodology with single spaces, or None if it is blank."""
    return " ".join((methodology or "").split()) or None


def _score(
    provider: str, scope: str, methodology: str | None, windows: list[Finalized], effect: float
) -> Score:
    pairs = [window.results[provider] for window in windows if provider in window.results]
    ratio = efficiency.ratio(pairs, provider, effect)
    return Score(
        scope=scope,
        methodology=methodology,
        left_out=len(windows) - len(pairs),
        **msgspec.structs.asdict(ratio),
    )


def _rank(score: Score) -> tuple[float, str]:
    return (-(score.per_point if score.per_point is not None else -1.0), score.methodology or "")
