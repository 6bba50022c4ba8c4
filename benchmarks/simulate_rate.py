"""Simulate accounts with a known exchange rate, and compare them with the estimates of `rate`.

Prints each acceptance figure with its target; exits with 1 if one misses.

Example:
  simulate_rate.py --accounts 1000 --seed 20
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from burnbook import extras  # noqa: E402

extras.use("insight", "rate")

import numpy as np  # noqa: E402
from burnbook.budget.declared.points import Shown, reset_windows  # noqa: E402
from burnbook.insight.rate import change  # noqa: E402
from burnbook.insight.rate.estimates import bought, observe  # noqa: E402
from burnbook.insight.rate.spending import Numbers, Spending  # noqa: E402

FIRST = datetime(2026, 1, 5, tzinfo=UTC)
DAY, WEEK = 86_400.0, 7 * 86_400.0
FIVE_HOURS = 5 * 3600.0
QUARTER = 900
MODELS = ("large", "medium", "small")
# List prices in USD per million tokens: input, cache read, cache write, output.
PRICES = np.array([[5, 0.5, 6.25, 25], [3, 0.3, 3.75, 15], [1, 0.1, 1.25, 5]]) / 1e6
_HOURS = np.array([1, 0, 0, 0, 0, 0, 1, 2, 5, 9, 11, 10, 4, 7, 10, 11, 9, 6, 4, 3, 3, 3, 2, 1])
CHANGE = 0.25
READING = ("dense", "daily", "last")
ROUNDING = ("down", "nearest", "up", "tenths")


class Account(NamedTuple):
    """A simulated account: requests in order, its readings by meter, and the true USD per point."""

    spending: Spending
    readings: dict[str, list[Shown]]
    usd_per_point: dict[str, float]


def account(draw: np.random.Generator, weeks: int, less: float = 0.0, last: int = 0) -> Account:
    """Invent an account. In the `last` weekly windows, a point buys `less`.

    A change is at a random moment of the window before these, each of which has a reading.
    """
    mix = draw.dirichlet([2.0, 2.0, 1.0])
    # The vendor does not count as the price list does: neither models nor kinds of tokens.
    weights = PRICES * draw.lognormal(0, 0.25, (3, 1)) * draw.lognormal(0, 0.3, (1, 4))
    moments = times(draw, weeks)
    week = ((moments - FIRST.timestamp()) // WEEK).astype(int)
    mixes = draw.dirichlet(30 * mix, weeks)  # each week has another mix
    model = (draw.random(len(moments))[:, None] > mixes[week].cumsum(axis=1)).sum(axis=1)
    model = model.clip(max=2)
    tokens = kinds(draw, len(moments), draw.lognormal(0, 0.15, (weeks, 4))[week])
    usd = (tokens * PRICES[model]).sum(axis=1)
    weight = (tokens * weights[model]).sum(axis=1)
    offset, ends = draw.uniform(0, WEEK), np.inf  # offset: of the weekly reset
    if last:  # whole weekly windows, and a part of the one before
        ends = (moments[-1] - offset) // WEEK * WEEK + offset
        kept = moments < ends
        moments, week, model, tokens = moments[kept], week[kept], model[kept], tokens[kept]
        usd, weight = usd[kept], weight[kept]
        weight[moments >= ends - (last + draw.random()) * WEEK] /= 1 - less
    truth = float(mix @ (PRICES @ MEAN) / (mix @ (weights @ MEAN)))
    usual = weight.sum() / weeks
    readings, rates = {}, {}
    is_served = np.ones(len(moments), dtype=bool)
    meters = []
    for name, length, used in (("5h", FIVE_HOURS, 60.0 * 7), ("weekly", WEEK, 60.0)):
        allowance = usual / used * draw.uniform(0.7, 1.6)
        starts = periods(moments, length, offset)
        points = weight * is_served / allowance
        # The vendor refuses requests until the reset.
        is_served &= risen(points, starts) - points < 100
        meters.append((name, length, allowance, starts))
        rates[name] = truth * allowance
    moments, weight, usd = moments[is_served], weight[is_served], usd[is_served]
    tokens, model = tokens[is_served], model[is_served]
    for name, length, allowance, starts in meters:
        points = weight / allowance
        sure = ends - last * WEEK
        readings[name] = [*shown(draw, moments, points, starts[is_served], length, sure)]
    return Account(spend(moments, usd, tokens, model), readings, rates)


def times(draw: np.random.Generator, weeks: int) -> Numbers:
    """The moments of requests: hours of work, quiet weekends, idle days, and weeks off."""
    days = np.arange(7 * weeks)
    busy = draw.uniform(20, 60) * np.where(days % 7 < 5, 1.0, 0.3)
    busy = busy * draw.uniform(0.2, 1.8, len(days)) * (draw.random(len(days)) > 0.1)
    busy *= np.where(draw.random(weeks) > 0.05, 1.0, 0.1)[days // 7]
    day = np.repeat(days, draw.poisson(busy))
    hour = draw.choice(24, len(day), p=_HOURS / _HOURS.sum())
    return np.sort(FIRST.timestamp() + DAY * day + 3600.0 * hour + draw.uniform(0, 3600, len(day)))


def kinds(draw: np.random.Generator, count: int, level: Numbers | float) -> Numbers:
    """Tokens of requests by kind; `level` is how much of each kind a week has."""
    context = draw.lognormal(10.6, 0.8, count)
    fresh, write = (
        context * draw.uniform(0.01, 0.08, count),
        context * draw.uniform(0.03, 0.2, count),
    )
    result: Numbers = np.column_stack([fresh, context, write, draw.lognormal(6.6, 0.7, count)])
    return result * level


MEAN = kinds(np.random.default_rng(1), 2_000_000, np.exp(0.15**2 / 2)).mean(axis=0)


def periods(moments: Numbers, length: float, offset: float) -> Numbers:
    """When the meter's period of each request began: weekly, or at the first request after one."""
    if length == WEEK:
        result: Numbers = (moments - offset) // WEEK * WEEK + offset
        return result
    starts = np.empty(len(moments))
    began = -np.inf
    for n, moment in enumerate(moments):
        if moment >= began + length:
            began = moment // 3600 * 3600
        starts[n] = began
    return starts


def shown(
    draw: np.random.Generator,
    moments: Numbers,
    points: Numbers,
    starts: Numbers,
    length: float,
    sure: float,
) -> Iterator[Shown]:
    """The readings of a meter: rounded, of some requests only, and none in some periods.

    Weekly windows from the moment `sure` on have a reading.
    """
    used = risen(points, starts)
    rounding = ROUNDING[draw.integers(len(ROUNDING))]
    reading = READING[draw.integers(len(READING))]
    is_last = np.append(starts[1:] != starts[:-1], True)
    if reading == "dense":
        is_shown = draw.random(len(moments)) < 0.3
    elif reading == "daily":
        is_shown = np.append(np.diff(moments // DAY) > 0, True)
    else:
        is_shown = is_last.copy()
    is_kept = is_last & (starts >= sure) & (length == WEEK)
    is_shown &= (draw.random(len(moments)) > 0.3) | is_kept  # the others are lost
    lost = {start for start in np.unique(starts) if draw.random() < 0.1 and start < sure}
    scale = 10.0 if rounding == "tenths" else 1.0
    turn = {"down": np.floor, "up": np.ceil}.get(rounding, np.round)
    values = np.minimum(turn(used * scale) / scale, 100.0)
    lags = draw.uniform(0, 120, len(moments))
    for n in np.flatnonzero(is_shown):
        if starts[n] in lost:
            continue
        at = datetime.fromtimestamp(moments[n] + lags[n], UTC)
        resets_at = datetime.fromtimestamp(starts[n] + length, UTC)
        if at < resets_at:
            limits = (float(values[n]), int(length // 60), resets_at)
            yield Shown("account", at, *limits, after_request=True)


def risen(points: Numbers, starts: Numbers) -> Numbers:
    """How much a meter shows after each request, without rounding."""
    total = points.cumsum()
    first = np.searchsorted(starts, starts, "left")
    result: Numbers = total - total[first] + points[first]
    return result


def spend(moments: Numbers, usd: Numbers, tokens: Numbers, model: Numbers) -> Spending:
    """What the book has of these requests: sums by quarter-hour."""
    quarters, at = np.unique((moments // QUARTER).astype(int), return_inverse=True)
    amounts = np.zeros((len(quarters), 6 + len(MODELS)))
    np.add.at(amounts, (at, 0), 1.0)
    for n in range(4):
        np.add.at(amounts, (at, 2 + n), tokens[:, n])
    np.add.at(amounts, (at, 6 + model.astype(int)), usd)
    return Spending([int(q) for q in quarters], MODELS, amounts)


class Figure(NamedTuple):
    """A share of cases, and the bounds between which it must be; None without a target."""

    name: str
    hits: int
    cases: int
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float:
        """The share, 0 without cases."""
        return self.hits / max(1, self.cases)

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds."""
        return (self.low or 0.0) <= self.share <= (1.0 if self.high is None else self.high)

    def line(self) -> str:
        """The figure, its target, and whether it holds."""
        low, high = self.low, self.high
        target = "no target" if low is high is None else f"{low or 0:.0%} to {high or 1:.0%}"
        verdict = "" if low is high is None else "  holds" if self.holds else "  MISSES"
        return f"{self.name:<44} {self.share:6.1%} of {self.cases:>5}  {target:<11}{verdict}"


def figures(accounts: int, seed: int) -> list[Figure]:
    """Every acceptance figure over so many accounts without a change, and as many with one."""
    results: dict[str, list[bool]] = {}

    def add(name: str, hit: bool) -> None:
        results.setdefault(name, []).append(bool(hit))

    for n in range(accounts):
        draw = np.random.default_rng([seed, n])
        each = account(draw, int(draw.integers(4, 27)))
        for meter, readings in each.readings.items():
            observed = observe(reset_windows(readings), each.spending)
            usd = bought(observed.units, observed.models).usd
            if usd.low is not None and usd.high is not None:
                add(f"covers {meter}", usd.low <= each.usd_per_point[meter] <= usd.high)
            if change.can_test(observed.rates):
                add(f"alarm {meter}", bool(change.changes(observed.rates)))
                looks = range(change.LEAST, len(observed.rates) + 1)
                add(f"looks {meter}", any(change.changes(observed.rates[:n]) for n in looks))
        each = account(draw, int(draw.integers(13, 27)), CHANGE, 3)
        for meter, readings in each.readings.items():
            observed = observe(reset_windows(readings), each.spending)
            detected = change.changes(observed.rates)
            add(f"found {meter}", bool(detected))
            if detected:
                ratio = detected[-1].ratio
                add(f"change {meter}", (ratio.low or 0) <= 1 - CHANGE <= (ratio.high or 0))
    texts = (
        ("covers", "interval covers the true rate", 0.93, 0.97),
        ("alarm", "change reported where there is none", None, 0.05),
        ("found", "change of 25% found in three windows", 0.9, None),
        ("looks", "the same, looked at after each week", None, None),
        ("change", "interval of a found change covers it", None, None),
    )
    return [
        Figure(f"{meter:<7} {text}", sum(hits), len(hits), low, high)
        for key, text, low, high in texts
        for meter in ("weekly", "5h")
        for hits in (results.get(f"{key} {meter}", []),)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; returns 1 if one misses its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20)
    args = parser.parse_args(arguments)
    result = figures(args.accounts, args.seed)
    print("\n".join(figure.line() for figure in result))
    return 0 if all(figure.holds for figure in result) else 1


if __name__ == "__main__":
    raise SystemExit(main())
