"""One sentence about an account: whether its short limit is reached, and what the long one leaves.

Pure. Where `forecast` was run lately, the clause of a meter is its forecast. Otherwise, what is
left at a reset is what the band of `report` and of the tab Meters leaves. Where there is none, it
is the percentage that is left now without the use until then, at the slowest and at the fastest
rate that `budget` shows. All other figures come from `budget/meter_status.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from burnbook.budget.meter_status import MeterStatus
from burnbook.insight.forecast.kept import Kept, of_meter
from burnbook.times import clock
from burnbook.view.parts import near, number, percent

_DAY = 24 * 60  # minutes
OLD = timedelta(hours=1)
"""A reading that is older may no longer be true; it is shown with its age."""


Bands = Mapping[tuple[str, str], tuple[float, float]]
"""By account and meter, the least and the most percentage used at the reset, as `report` draws."""


def sentence(
    meters: Sequence[MeterStatus],
    bands: Bands,
    now: datetime,
    zone: tzinfo,
    forecasts: Sequence[Kept] = (),
) -> str:
    """The sentence about the account whose limit is reached first, else the most used one."""
    if not meters:
        return "No meters yet: `start PROVIDER` books what a pane shows."
    accounts: dict[tuple[str, str], list[MeterStatus]] = defaultdict(list)
    for meter in meters:
        accounts[meter.provider, meter.account].append(meter)
    own = min(accounts.values(), key=lambda each: min(map(_urgency, each)))
    own = sorted(own, key=lambda meter: meter.window_minutes or 0)
    short = [meter for meter in own if (meter.window_minutes or _DAY) < _DAY]
    long = [meter for meter in own if (meter.window_minutes or 0) >= _DAY]
    clauses = [
        (meter, _forecast(meter, forecasts, now, zone) or _limit(meter, now, zone))
        for meter in short[:1]
    ]
    clauses += [
        (meter, _forecast(meter, forecasts, now, zone) or _rest(meter, bands, now, zone))
        for meter in long[-1:]
    ]
    clauses = clauses or [(own[0], _limit(own[0], now, zone))]
    shown = [f"{text}{_read(meter, now)}" for meter, text in clauses]
    return f"{own[0].account or own[0].provider}: {'; '.join(shown)}."


def age(moment: datetime, now: datetime) -> str:
    """The time since a moment, to the minute: `3m`, `2h 14m`, `3d 4h`."""
    return duration(now - moment)


def duration(time: timedelta) -> str:
    """A time in its two largest units, in whole minutes."""
    minutes = int(time.total_seconds() // 60)
    return clock.span(60 * minutes) if minutes > 0 else "under 1m"


def _read(meter: MeterStatus, now: datetime) -> str:
    """The age of an old reading."""
    is_old = now - meter.captured_at > OLD
    return f" (read {age(meter.captured_at, now)} ago)" if is_old else ""


def _urgency(meter: MeterStatus) -> tuple[int, float]:
    """Sorts first what is used up, then what runs out first, then what is used most."""
    out = meter.runs_out
    if meter.used_percent is not None and (meter.used_percent >= 100 or (out and out.over)):
        return 0, 0.0
    if out is not None and out.earliest is not None:
        return 1, out.earliest.timestamp()
    return 2, -(meter.used_percent or 0.0)


def _forecast(
    meter: MeterStatus, forecasts: Sequence[Kept], now: datetime, zone: tzinfo
) -> str | None:
    """The forecast of a meter that is not used up, if one is kept."""
    if meter.used_percent is None or meter.used_percent >= 100:
        return None
    about = (meter.provider, meter.account, meter.meter, meter.used_percent, meter.resets_at)
    row = of_meter(forecasts, *about)
    return None if row is None else f"{meter.meter} is {row.clause(now, zone)}"


def _limit(meter: MeterStatus, now: datetime, zone: tzinfo) -> str:
    """When the limit is reached, or that it lasts."""
    name, out = meter.meter, meter.runs_out
    if meter.used_percent is None:
        return f"{name} {_unknown(meter)}"
    used, reset = percent(meter.used_percent), _reset(meter, now, zone)
    if meter.used_percent >= 100:
        return f"{name} is used up{reset and f' until its reset {reset}'}"
    if out is None:
        return f"{name} is at {used}{reset and f' and resets {reset}'}, its rate is not known yet"
    if out.earliest is None:
        return f"{name} lasts{reset and f' to its reset {reset}'} ({used} used)"
    if out.earliest <= now:
        return f"{name} may be used up now ({used} when read)"
    early = near(out.earliest, now, zone)
    if out.latest is None:
        return f"{name} lasts to its reset, or runs out from {early} on ({used} used)"
    return f"{name} runs out between {early} and {near(out.latest, now, zone)} ({used} used)"


def _rest(meter: MeterStatus, bands: Bands, now: datetime, zone: tzinfo) -> str:
    """How much of a long limit will be unused at its reset."""
    name = meter.meter
    if meter.left_percent is None:
        return f"{name} {_unknown(meter)}"
    if meter.left_percent <= 0:
        return _limit(meter, now, zone)
    unused = _unused(meter, bands)
    if unused is None:
        return f"{percent(meter.left_percent)} of {name} is left"
    least, most = unused
    low, high = number(round(least)), number(round(most))
    if high == "0":
        return f"{name} runs out before its reset {_reset(meter, now, zone)}"
    shown = high if low == high else f"{low} to {high}"
    return f"{shown}% of {name} will be unused at its reset {_reset(meter, now, zone)}"


def _unused(meter: MeterStatus, bands: Bands) -> tuple[float, float] | None:
    """The least and the most percentage that is left at the reset."""
    band = bands.get((meter.account, meter.meter))
    if band is not None:
        return 100 - band[1], 100 - band[0]
    rate, left = meter.per_hour, meter.left_percent
    if left is None or meter.resets_at is None or rate.low is None or rate.high is None:
        return None
    hours = (meter.resets_at - meter.captured_at) / timedelta(hours=1)
    return max(0.0, left - hours * rate.high), max(0.0, left - hours * rate.low)


def _unknown(meter: MeterStatus) -> str:
    return "was reset since its last reading" if meter.reason == "reset-since" else "is not shown"


def _reset(meter: MeterStatus, now: datetime, zone: tzinfo) -> str:
    if meter.resets_by is None:
        return ""
    day = clock.to_wall(meter.resets_by, zone).date() == clock.to_wall(now, zone).date()
    word = "at" if meter.resets_at else "by"
    return f"{word if day or not meter.resets_at else 'on'} {near(meter.resets_by, now, zone)}"
