"""What a percentage point of each meter buys, week by week, and the rate since its last change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from burnbook import extras
from burnbook.base.errors import Missing
from burnbook.windows.accounts import shown_meters

if TYPE_CHECKING:
    from burnbook.insight.estimate import Estimate
    from burnbook.insight.rate.rates import Rate
    from burnbook.report.scene import Scene

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST = timedelta(days=14)  # of readings: an estimate needs three weeks that have some


def rows(scene: "Scene") -> list[dict[str, Any]]:
    """Rows of several kinds for each meter, by provider, account and plan; longer meters first.

    `week`: an observation (`usd` of one point at list price, `points`), at its beginning. `rate`:
    the rate with its interval (`usd`, `low`, `high`, `n` weeks), at the beginning and the end of
    the weeks that it is of, with the sentence about a change and the models' shares of the cost.
    `part` counts the changes before. `input`, `cache read`, `cache write` and `output`: the
    `tokens` of a point, with the same fields, at the end.
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
    from burnbook.insight.rate.view import headline, mix_text, sentence

    names = {"name": headline(rate), "plan": rate.stratum.plan, "provider": rate.stratum.provider}
    empty = dict.fromkeys(("usd", "tokens", "low", "high", "n", "points", "change", "mix", "part"))
    for unit in rate.observations:
        week = {"usd": unit.usd / unit.points, "points": round(unit.points, 1)}
        yield {**names, "kind": "week", "at": scene.wall(unit.begins), **empty, **week}
    if rate.since is None or rate.until is None:
        return
    begins = [*(shift.begins for shift in rate.changes), rate.since]
    ends = [*(shift.since for shift in rate.changes), rate.until]
    bought = [*(shift.before for shift in rate.changes), rate.bought]
    sentences = [*("before a change" for _ in rate.changes), sentence(rate, scene.period.zone)]
    for n, each in enumerate(bought):
        values: dict[str, Any] = {
            "usd": each.usd.value,
            **_interval(each.usd),
            "mix": mix_text(each.mix),
        }
        for at in (begins[n], ends[n]):
            row = {**empty, **values, "change": sentences[n], "part": n}
            yield {**names, "kind": "rate", "at": scene.wall(at), **row}
        for kind, tokens in each.tokens.items():
            row = {**empty, "tokens": tokens.value, **_interval(tokens), "part": n}
            yield {**names, "kind": kind.replace("_", " "), "at": scene.wall(ends[n]), **row}


def _interval(estimate: "Estimate") -> dict[str, Any]:
    return {"low": estimate.low, "high": estimate.high, "n": estimate.n}
