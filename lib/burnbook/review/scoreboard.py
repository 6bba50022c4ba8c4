"""The scoreboard: features per percentage point over all finalized windows.

By provider, for all methodologies together and for each one. Of a provider without percentages,
such as GLM, features per request and per new token. The figures come from
`efficiency.ratio` and are null below n = 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from burnbook.meters import efficiency
from burnbook.review.offload.uses import Use
from burnbook.windows.history import Finalized, History

Unit = Literal["point", "request", "token"]
_COUNTS: tuple[tuple[Unit, str], ...] = (("request", "requests"), ("token", "tokens"))


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One provider with one methodology, or with all of them (`scope`), per unit of its use.

    `methodology` is null for windows without one. `n` counts windows with a known amount, such as
    exact points; `left_out` the others: there was a reset, a meter is unknown, or it did not move.
    `points` and `per_point` are `amount` and `per_unit` where the unit is a point, else null.
    """

    provider: str
    scope: str
    methodology: str | None
    n: int
    left_out: int
    features: float
    points: float | None
    per_point: float | None
    low: float | None
    high: float | None
    power: float | None
    unit: Unit
    amount: float
    per_unit: float | None


def scores(
    history: History,
    effect: float,
    provider: str | None = None,
    uses: Mapping[str, Sequence[Use]] | None = None,
) -> list[Score]:
    """Sorted by provider and unit: all methodologies first, then each one, the best ratio first.

    `uses` has the providers without percentages.
    """
    uses = uses or {}
    windows = list(history.windows.values())
    names = {name for window in windows for name in (*window.results, *window.left_out)}
    result = []
    for name in sorted(names if provider is None else names & {provider}):
        if name in uses:
            result += _by_use(name, uses[name], effect)
        else:
            result += _by_points(name, windows, effect)
    return result


def _by_points(provider: str, windows: Iterable[Finalized], effect: float) -> list[Score]:
    counted = [w for w in windows if provider in w.results or provider in w.left_out]
    pairs = [(w.methodology, w.results.get(provider)) for w in counted]
    return _scores(provider, "point", pairs, effect)


def _by_use(provider: str, windows: Sequence[Use], effect: float) -> list[Score]:
    """Scores per request, and per token where a window shows them."""
    result = []
    for unit, name in _COUNTS:
        amounts = [getattr(window, name) for window in windows]
        pairs = [
            (window.methodology, (window.features, amount) if amount else None)
            for window, amount in zip(windows, amounts, strict=True)
        ]
        if unit == "request" or any(amounts):
            result += _scores(provider, unit, pairs, effect)
    return result


def _scores(
    provider: str,
    unit: Unit,
    windows: Sequence[tuple[str | None, tuple[float, float] | None]],
    effect: float,
) -> list[Score]:
    """The scores of all windows, and of those with each methodology."""
    pairs = [pair for _, pair in windows]
    by_methodology: dict[str | None, list[tuple[float, float] | None]] = {}
    for methodology, pair in windows:
        by_methodology.setdefault(_normalized(methodology), []).append(pair)
    each = [
        _score(provider, "methodology", methodology, unit, of_methodology, effect)
        for methodology, of_methodology in by_methodology.items()
    ]
    return [_score(provider, "all", None, unit, pairs, effect), *sorted(each, key=_rank)]


def _normalized(methodology: str | None) -> str | None:
    """Returns a methodology with single spaces, or None if it is blank."""
    return " ".join((methodology or "").split()) or None


def _score(
    provider: str,
    scope: str,
    methodology: str | None,
    unit: Unit,
    windows: Sequence[tuple[float, float] | None],
    effect: float,
) -> Score:
    pairs = [pair for pair in windows if pair is not None]
    ratio = efficiency.ratio(pairs, provider, effect)
    is_point = unit == "point"
    return Score(
        provider=provider,
        scope=scope,
        methodology=methodology,
        n=ratio.n,
        left_out=len(windows) - len(pairs),
        features=ratio.features,
        points=ratio.points if is_point else None,
        per_point=ratio.per_point if is_point else None,
        low=ratio.low,
        high=ratio.high,
        power=ratio.power,
        unit=unit,
        amount=ratio.points,
        per_unit=ratio.per_point,
    )


def _rank(score: Score) -> tuple[float, str]:
    return (-(score.per_unit if score.per_unit is not None else -1.0), score.methodology or "")
