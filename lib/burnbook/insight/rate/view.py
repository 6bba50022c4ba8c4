"""Lays out exchange rates: for each meter what a point buys, and whether that changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from burnbook.base.text import plural
from burnbook.insight.estimate import Estimate
from burnbook.insight.rate.models import family
from burnbook.insight.rate.rates import NO_REQUESTS, Rate, Shift
from burnbook.insight.rate.spending import KINDS
from burnbook.times import clock
from burnbook.view.parts import Line, Part, rounded

_LENGTHS = {300: "5-hour", 1440: "daily", 10_080: "weekly", 43_200: "monthly"}
_KINDS = dict(zip(KINDS, ("input", "cache read", "cache write", "output"), strict=True))
_MOST_MODELS = 3
NO_METERS = "not known: no meter is booked; run ./just ingest, or ./just start PROVIDER"


def parts(rates: Sequence[Rate], zone: tzinfo, provider: str | None = None) -> list[Part]:
    """Lays out the rates, those with an estimate first; with `provider`, they are its own."""
    if not rates and provider is not None:
        return [Line(f"not known: no meter of {provider} is booked", strong=True)]
    if not rates:
        return [Line(NO_METERS, strong=True)]
    known = [rate for rate in rates if rate.bought.usd.value is not None or rate.changes]
    result: list[Part] = []
    for rate in known:
        result += _meter(rate, zone)
    for rate in rates:
        if rate not in known:
            result.append(Line(f"{headline(rate)}: not known: {rate.bought.usd.reason}"))
            if rate.bought.usd.reason != NO_REQUESTS:
                result += _left_out(rate)
    return result


def _meter(rate: Rate, zone: tzinfo) -> Iterator[Line]:
    yield Line(f"{_of(rate)}: {buys(rate)}", strong=True)
    weeks = f"n = {plural(rate.bought.usd.n, 'week')}, {rate.points:,.0f} points"
    if rate.changes:
        last = rate.changes[-1]
        yield Line(f"  {sentence(rate, zone)}", level="warn")
        yield Line(f"  {weeks} since then{_other_mix(last)}")
    else:
        yield Line(f"  {sentence(rate, zone)}; {weeks}")
    if rate.bought.usd.value is not None:
        kinds = (f"{short(rate.bought.tokens[kind].value)} {_KINDS[kind]}" for kind in KINDS)
        yield Line(f"  tokens: {', '.join(kinds)}")
        yield Line(f"  models by cost: {mix_text(rate.bought.mix)}")
    yield from _left_out(rate)


def _left_out(rate: Rate) -> Iterator[Line]:
    if rate.without_requests:
        yield Line(f"  left out: {rate.without_requests:,.0f} points without requests")
    if rate.without_price:
        yield Line(f"  left out: {rate.without_price:,.0f} points with requests without a price")


def headline(rate: Rate) -> str:
    """The account, its plan and the meter: `codex-team, Pro, weekly limit`."""
    return f"{_of(rate)}, {limit(rate)}"


def sentence(rate: Rate, zone: tzinfo) -> str:
    """The last change, or that none is detected."""
    return change_text(rate.changes[-1], limit(rate), zone) if rate.changes else no_change(rate)


def _of(rate: Rate) -> str:
    stratum = rate.stratum
    is_named = stratum.provider in stratum.account
    name = stratum.account if is_named else f"{stratum.provider} {stratum.account}"
    return ", ".join(filter(None, (name, stratum.plan)))


def limit(rate: Rate) -> str:
    """The meter in words, such as `weekly limit`."""
    stratum = rate.stratum
    length = _LENGTHS.get(stratum.window_minutes or 0)
    models = family(stratum.meter)
    return f"{length or stratum.meter} limit{f' of {models}' if models and length else ''}"


def buys(rate: Rate) -> str:
    """What a point buys: `a point of the weekly limit buys 0.52 USD [0.49, 0.56]`."""
    usd = rate.bought.usd
    subject = f"a point of the {limit(rate)} buys"
    if usd.value is None:
        return f"{subject} an unknown amount ({usd.reason})"
    if usd.low is None:
        return f"{subject} {money(usd.value)} USD ({usd.reason})"
    return f"{subject} {money(usd.value)} USD {interval(usd)}"


def change_text(shift: Shift, name: str, zone: tzinfo) -> str:
    """`since 12 Sep a point of the weekly limit buys 31% less [24, 38]`."""
    return f"since {_day(shift.since, zone)} a point of the {name} buys {_difference(shift.ratio)}"


def no_change(rate: Rate) -> str:
    """That no change is detected, and the smallest change that would have been."""
    if rate.detectable is None:
        return f"not tested for a change: {rate.not_tested}"
    return f"no change detected (smallest detectable: {rate.detectable:.0f}%)"


def _difference(ratio: Estimate) -> str:
    value, low, high = (100 * ((each or 0.0) - 1) for each in (ratio.value, ratio.low, ratio.high))
    if value < 0:
        return f"{-value:.0f}% less [{-high:.0f}, {-low:.0f}]"
    return f"{value:.0f}% more [{low:.0f}, {high:.0f}]"


def _other_mix(shift: Shift) -> str:
    """A warning where another model has most of the cost since a change."""
    mixes = shift.before.mix, shift.after.mix
    most = [max(mix, key=lambda model: mix[model], default="") for mix in mixes]
    return "" if most[0] == most[1] else f"; mostly {most[1]}, before that {most[0]}"


def mix_text(mix: Mapping[str, float]) -> str:
    """The models with the largest shares."""
    ordered = sorted(mix.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{name} {rounded(share)}" for name, share in ordered[:_MOST_MODELS]]
    others = sum(share for _, share in ordered[_MOST_MODELS:])
    return ", ".join([*named, *([f"others {rounded(others)}"] if others else [])]) or "-"


def interval(estimate: Estimate) -> str:
    """`[0.49, 0.56]`."""
    return f"[{money(estimate.low or 0.0)}, {money(estimate.high or 0.0)}]"


def money(value: float) -> str:
    """USD with three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def short(value: float | None) -> str:
    """A number with two or three digits, such as `1.9M`."""
    if value is None:
        return "-"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def _day(moment: datetime, zone: tzinfo) -> str:
    return f"{clock.to_wall(moment, zone):%d %b}".lstrip("0")
