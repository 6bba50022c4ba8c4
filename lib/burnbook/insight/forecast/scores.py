"""How good forecasts of past moments were: shares of bands that held, and Brier scores.

Moments of one window are not independent, so the interval of a share is that of a sample of
windows: a ratio estimator over clusters, with its linearized variance (Cochran, Sampling
Techniques, 1977, section 6.3) and Student's t.

The scores of the last backtest are in `cache/backtest.json`, because a backtest takes too long for
`report`, which shows them. The file may be deleted.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.insight.estimate import Estimate
from burnbook.insight.forecast.method import student
from burnbook.insight.forecast.method.forecast import Forecast

FILE = "cache/backtest.json"
LEAST_WINDOWS = 3
"""With fewer windows, a share has no interval."""


class Test(NamedTuple):
    """A forecast of a past moment; `unused` at the reset, and whether the limit `ran_out`."""

    limit: str
    window: int
    forecast: Forecast
    unused: float
    ran_out: bool


class Scores(Struct, frozen=True):
    """How good the forecasts of a limit, or of all, were. Brier scores: 0 is best, 1 worst."""

    limit: str
    windows: int
    coverage_95: Estimate
    coverage_80: Estimate
    brier: Estimate
    straight_line: Estimate


class Kept(Struct, frozen=True):
    """The scores of all limits together, then those of each, and when they were computed."""

    computed_at: datetime
    scores: list[Scores]


def keep(root: str, scores: Sequence[Scores], now: datetime) -> None:
    """Replaces the kept scores. Without the file, as on a read-only disk, there are none."""
    data = msgspec.json.encode(Kept(now, [*scores])) + b"\n"
    with suppress(OSError, IOFault):
        RootedPath(root, FILE).replace(data, durable=False)


def load(root: str) -> Kept | None:
    """Returns the scores of the last backtest; None if there is no usable file."""
    with suppress(OSError, IOFault, msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(RootedPath(root, FILE).read() or b"", type=Kept)
    return None


def score(name: str, tests: Sequence[Test]) -> Scores:
    """Returns the scores of some tests."""
    inside, inside_80, scores, lines = [], [], [], []
    for test in tests:
        shown, out = test.forecast, float(test.ran_out)
        assert shown.unused.low is not None and shown.unused.high is not None and shown.unused_80
        inside.append(float(shown.unused.low <= test.unused <= shown.unused.high))
        inside_80.append(float(shown.unused_80[0] <= test.unused <= shown.unused_80[1]))
        scores.append(((shown.runs_out.value or 0.0) - out) ** 2)
        lines.append((shown.straight_line.runs_out - out) ** 2)
    groups = [(test.limit, test.window) for test in tests]
    shares = [_mean(each, groups, is_score=False) for each in (inside, inside_80)]
    errors = [_mean(each, groups, is_score=True) for each in (scores, lines)]
    return Scores(name, len(set(groups)), *shares, *errors)


def _mean(
    values: Sequence[float], groups: Sequence[tuple[str, int]], *, is_score: bool
) -> Estimate:
    """The mean of scores, or of ones and zeros, with the interval of a sample of groups."""
    if not values:
        return Estimate(reason="no past window was known and had three weeks of history before it")
    sums: dict[tuple[str, int], list[float]] = {}
    for group, value in zip(groups, values, strict=True):
        sums.setdefault(group, []).append(value)
    n, mean, count = len(values), sum(values) / len(values), len(sums)
    if count < LEAST_WINDOWS:
        return Estimate(value=mean, n=n, reason=f"{count} windows, {LEAST_WINDOWS} are needed")
    if not is_score and mean in (0.0, 1.0):
        # All or none: the exact bound of Clopper and Pearson (1934), with windows as trials.
        bound = 0.025 ** (1 / count)
        low, high = (bound, 1.0) if mean else (0.0, 1 - bound)
        return Estimate(value=mean, low=low, high=high, n=n)
    squares = sum((sum(own) - mean * len(own)) ** 2 for own in sums.values())
    error = math.sqrt(count / (count - 1) * squares) / n
    reach = student.quantile(0.975, count - 1) * error
    return Estimate(value=mean, low=max(0.0, mean - reach), high=min(1.0, mean + reach), n=n)
