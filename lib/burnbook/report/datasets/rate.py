"""What a percentage point of each meter buys, week by week, and the rate since its last change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from burnbook import extras
from burnbook.base.errors import Missing
from burnbook.windows.accounts import shown_meters

if TYPE_CHECKING:
    from burnbook.insight.rate.rates import Rate
    from burnbook.report.scene import Scene

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = timedelta(days=14)  # of readings: an estimate needs three weeks that have some


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Rows of two kinds for each meter, by provider, account and plan; longer meters first.

    `week`: an observation (`usd` of one point at list price, `points`), at its beginning. `rate`:
    the rate with its interval (`usd`, `low`, `high`, `n` weeks), at the beginning and the end of
    the weeks that it is of, and the sentence about a change. `part` counts the changes before.
    None in the report of one window, before two weeks of readings, or where `rate` has never
    installed its packages.
    """
    if scene.period.window is not None or not _has_weeks(scene):
        return []
    try:
        extras.use("insight", "rate")
    except Missing:
        return []
    from burnbook.insight.rate.book import rates

    return [row for rate in rates(scene.ctx) for row in _meter(scene, rate)]


def _has_weeks(scene: "Scene") -> bool:
    """Whether readings of one provider are two weeks apart, without the packages of `rate`."""
    for provider in shown_meters.providers(scene.ctx):
        moments = [
            each.captured_at for each in shown_meters.shown(scene.ctx, provider, _FIRST, scene.now)
        ]
        if moments and max(moments) - min(moments) >= _LEAST:
            return True
    return False


def _meter(scene: "Scene", rate: "Rate") -> Iterator[dict[str, Any]]:
    from burnbook.insight.rate.view import headline, sentence

    names = {"name": headline(rate), "plan": rate.stratum.plan, "provider": rate.stratum.provider}
    empty = dict.fromkeys(("low", "high", "n", "points", "change", "part"))
    for unit in rate.observations:
        value = {"usd": unit.usd / unit.points, "points": round(unit.points, 1)}
        yield {**names, "kind": "week", "at": scene.wall(unit.begins), **empty, **value}
    if rate.since is None or rate.until is None:
        return
    begins = [*(shift.begins for shift in rate.changes), rate.since]
    ends = [*(shift.since for shift in rate.changes), rate.until]
    estimates = [*(shift.before.usd for shift in rate.changes), rate.bought.usd]
    sentences = [*("before a change" for _ in rate.changes), sentence(rate, scene.period.zone)]
    for n, usd in enumerate(estimates):
        values = {"usd": usd.value, "low": usd.low, "high": usd.high, "n": usd.n}
        for at in (begins[n], ends[n]):
            row = {**empty, **values, "change": sentences[n], "part": n}
            yield {**names, "kind": "rate", "at": scene.wall(at), **row}
