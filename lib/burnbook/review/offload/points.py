"""What the routed work would have cost in points of the weekly meter of the baseline's provider.

A book's own rate: new tokens and USD of the provider's models per point, over the windows in which
both are known. The interval is that of `efficiency.ratio`, from three windows on.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from burnbook.base.text import plural
from burnbook.context import Context
from burnbook.cost.comparison.compare import Requests
from burnbook.cost.comparison.counterfactual import NO_TOKENS, cost_on
from burnbook.cost.comparison.tally import Pricing
from burnbook.cost.price_list import PriceList
from burnbook.meters import efficiency
from burnbook.meters.efficiency import LEAST_N, Ratio
from burnbook.review.offload.work import (
    Work,
    baseline_mix,
    logged_work,
    new_tokens_of,
    proxied_work,
)
from burnbook.view.parts import Line
from burnbook.windows import history
from burnbook.windows.facts import window_facts
from burnbook.windows.snapshot_index import snapshot_index

WEEK = 7 * 24 * 60  # minutes
LAST = 50  # windows: vendors change what a point is worth


class PerPoint(msgspec.Struct, frozen=True):
    """An amount per point over windows, with its 95% interval; null below three windows."""

    ratio: float | None
    low: float | None
    high: float | None


class PointsSaved(msgspec.Struct, frozen=True):
    """The points that the routed work would have cost on one provider's weekly meter.

    `windows` have a known rate. `tokens` and `usd` are those of the routed requests that did not
    fail, as far as they replace this provider's models. `points`, `low` and `high` are computed
    from tokens, `points_by_usd` from dollars. `reason`: why they are null.
    """

    provider: str
    meter: str | None
    windows: int
    windows_needed: int
    tokens: int
    tokens_per_point: PerPoint
    points: float | None
    low: float | None
    high: float | None
    usd: float | None
    usd_per_point: PerPoint
    points_by_usd: float | None
    reason: str | None


class _Window(NamedTuple):
    """A window in which a provider's points are exact, and what they were spent on."""

    meter: str
    points: float
    work: Work


def points_saved(ctx: Context, requests: Requests, prices: PriceList) -> list[PointsSaved]:
    """One entry for each provider of the baseline; none without healthy routed requests."""
    pricing = Pricing("calculated", prices)
    mix = baseline_mix(requests)
    whole = sum(sum(models.values()) for models in mix.values())
    healthy = {key: sums for key, sums in requests.window.routed.cells.items() if key.ok}
    if not whole or not healthy:
        return []
    tokens = sum(map(new_tokens_of, healthy.values()))
    untold = any(sums.unknown for sums in healthy.values())
    logged = logged_work(ctx)
    saved = []
    for provider, models in sorted((p, m) for p, m in mix.items() if p is not None):
        share = sum(models.values()) / whole
        windows = [*_windows(ctx, provider, logged)]
        cost, _ = cost_on(models, healthy, pricing)
        usd = None if cost is None else float(cost) * share
        saved.append(_saved(provider, windows, round(tokens * share), usd, untold))
    return saved


def lines(saved: Sequence[PointsSaved]) -> Iterator[Line]:
    """Lays out the points, two lines for each provider."""
    for each in saved:
        meter = f"{each.provider} {each.meter or 'weekly'}"
        if each.points is None:
            yield Line(f"Points of {meter}: unknown ({each.reason})")
            continue
        high = "-" if each.high is None else _short(each.high)
        points = f"{_short(each.points)} [{_short(each.low or 0)}, {high}] points of {meter}"
        yield Line(f"The routed work would have cost {points}")
        rate = _short(each.tokens_per_point.ratio or 0)
        counted = plural(each.windows, "window")
        yield Line(f"  at this book's {rate} new tokens per point ({counted}, 95% interval)")


def _short(value: float) -> str:
    """Returns a number with about two digits, such as `1.9M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f}{unit}"
    return f"{value:.1f}" if value >= 10 or not value else f"{value:.2g}"


def _saved(
    provider: str, windows: Sequence[_Window], tokens: int, usd: float | None, untold: bool
) -> PointsSaved:
    per_point = _ratio([(window.work.tokens, window.points) for window in windows], provider)
    priced = [(w.work.usd.known, w.points) for w in windows if w.work.usd.is_whole]
    usd_per_point = _ratio(priced, provider)
    reason = None
    if per_point.per_point is None:
        reason = f"points and tokens are known of {len(windows)} of {LEAST_N} windows"
    elif untold:
        reason = NO_TOKENS
    return PointsSaved(
        provider=provider,
        meter=windows[0].meter if windows else None,
        windows=len(windows),
        windows_needed=LEAST_N,
        tokens=tokens,
        tokens_per_point=PerPoint(per_point.per_point, per_point.low, per_point.high),
        points=None if reason else _divided(tokens, per_point.per_point),
        low=None if reason else _divided(tokens, per_point.high),
        high=None if reason else _divided(tokens, per_point.low),
        usd=usd,
        usd_per_point=PerPoint(usd_per_point.per_point, usd_per_point.low, usd_per_point.high),
        points_by_usd=None if usd is None else _divided(usd, usd_per_point.per_point),
        reason=reason,
    )


def _ratio(pairs: list[tuple[float, float]], provider: str) -> Ratio:
    return efficiency.ratio(pairs, provider, effect=0)


def _divided(amount: float, rate: float | None) -> float | None:
    return amount / rate if rate else None


def _windows(ctx: Context, provider: str, logged: dict[str, dict[str, Work]]) -> Iterator[_Window]:
    """The last windows whose points are exact, and in which the provider's models have tokens."""
    newest = reversed(snapshot_index(ctx).windows())
    for window in islice(newest, LAST):
        row = history.closing(ctx, window)
        uses: efficiency.Uses
        uses = efficiency.uses_of(row) if row else window_facts(ctx, window).accounts
        meters = efficiency.meter_of(uses, provider)
        if any(meter.window_minutes != WEEK for meter in meters):
            continue
        cost = efficiency.points(uses, {}, provider)
        if not cost.points_min or cost.points_min != cost.points_max or cost.meter is None:
            continue
        work = logged.get(window, {}).get(provider) or proxied_work(ctx, window)[0].get(provider)
        if work is not None and work.tokens:
            yield _Window(cost.meter, cost.points_min, work)
