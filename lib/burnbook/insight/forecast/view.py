"""Lays out what `forecast` shows: the limit that is most likely to run out first, then all."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from burnbook.insight.forecast import words
from burnbook.insight.forecast.method.forecast import Forecast
from burnbook.insight.forecast.method.history import LEAST_WEEKS, Limit
from burnbook.insight.forecast.renew import kept_of
from burnbook.view.levels import Level, cell
from burnbook.view.parts import Line, Part, Table, Title, near

_HEAD = ("limit", "used", "resets", "runs out", "left at reset", "n", "weeks")
_WARN = 0.1
_LIKELY = 0.05  # from this probability on, the time is shown


def parts(
    forecasts: Sequence[Forecast], unknown: Sequence[Limit], now: datetime, zone: tzinfo
) -> list[Part]:
    """The answer, a row for each limit, and what is not known."""
    known = sorted((each for each in forecasts if has_chance(each)), key=_order)
    lines = [each for each in forecasts if not has_chance(each)]
    result: list[Part] = [_answer(known, lines, unknown, now, zone)]
    if known:
        weeks = max(each.weeks for each in known)
        result += [_table(known, now, zone), *_times(known, now, zone)]
        note = (
            f"Based on {weeks:.0f} weeks of history; n is the number of past spans; bands are 95%."
        )
        result.append(Line(note, level="dim"))
    for each in lines:
        result.append(_straight(each, now, zone))
    for limit in unknown:
        reason = "its current window is not known; read the meter again"
        result.append(Line(f"{words.name(limit)}: not known: {reason}", level="dim"))
    return result


def has_chance(forecast: Forecast) -> bool:
    """Whether there is a probability."""
    return forecast.runs_out.value is not None


def data(forecasts: Sequence[Forecast], unknown: Sequence[Limit]) -> dict[str, Any]:
    """The same for JSON; every estimate with its level, its interval and n."""
    rows = []
    for each in forecasts:
        row = to_builtins(each)
        row |= {"runs_out": each.runs_out.figures(), "unused": each.unused.figures()}
        rows.append(row)
    return {
        "least_weeks": LEAST_WEEKS,
        "forecasts": rows,
        "not_known": [to_builtins(limit) for limit in unknown],
    }


def _order(forecast: Forecast) -> tuple[float, str]:
    return -(forecast.runs_out.value or 0.0), words.name(forecast.limit)


def _answer(
    known: Sequence[Forecast],
    lines: Sequence[Forecast],
    unknown: Sequence[Limit],
    now: datetime,
    zone: tzinfo,
) -> Line:
    if known:
        first = known[0]
        text = f"{words.name(first.limit)}: {kept_of(first, now).clause(now, zone)}"
        return Line(text, strong=True, level=_level(first.runs_out.value or 0.0))
    if lines:
        text = f"no probability is known: {lines[0].reason}"
        return Line(f"{text}; the straight line instead", strong=True)
    if unknown:
        return Line("no forecast: the current window of no limit is known", strong=True)
    text = "no forecast: the book has no meter and no budget with a target"
    return Line(f"{text}; `start PROVIDER` books what a pane shows", strong=True)


def _level(chance: float) -> Level:
    return "bad" if chance >= 0.5 else "warn" if chance >= _WARN else "good"


def _table(known: Sequence[Forecast], now: datetime, zone: tzinfo) -> Table:
    rows = []
    for each in known:
        chance, unused = each.runs_out.value or 0.0, each.unused
        likely = cell(words.likely(chance), _level(chance) if chance >= _WARN else "")
        rows.append(
            (
                *(words.name(each.limit), f"{100 * each.used / each.limit.amount:.0f}%"),
                *(words.day(each.resets_at, now, zone), likely),
                words.between(unused.low or 0.0, unused.high or 0.0, each.limit.unit),
                *(str(each.runs_out.n), f"{each.weeks:.0f}"),
            )
        )
    table = Table(_HEAD, rows, "<><>>>>")
    narrow = table.without("weeks")
    return replace(table, narrower=replace(narrow, narrower=table.without("weeks", "n", "used")))


def _times(known: Sequence[Forecast], now: datetime, zone: tzinfo) -> list[Part]:
    """When a limit runs out, if it does, for those of which that is likely enough to matter."""
    rows = []
    for each in known:
        times, chance = each.runs_out_at, each.runs_out.value or 0.0
        if times is None or chance < _LIKELY:
            continue
        moments = (times.median, times.low_80, times.high_80, times.low_95, times.high_95)
        median, low, high, first, last = (words.day(hour(at), now, zone) for at in moments)
        row = (words.name(each.limit), median, f"{low} to {high}", f"{first} to {last}")
        rows.append(row)
    if not rows:
        return []
    table = Table(("limit", "about", "80% band", "95% band"), rows, "<<<<")
    return [
        Title("When it runs out, if it does"),
        replace(table, narrower=table.without("80% band")),
    ]


def hour(moment: datetime) -> datetime:
    """The nearest whole hour: a forecast is not more precise than that."""
    return (moment + timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)


def _straight(forecast: Forecast, now: datetime, zone: tzinfo) -> Line:
    line, reason = forecast.straight_line, forecast.reason
    if line.unused is None or line.low is None or line.high is None:
        shown = "its rate is not known yet"
    elif line.earliest is None:
        left = words.between(line.low, line.high, forecast.limit.unit)
        shown = f"{left} left at its reset {near(forecast.resets_at, now, zone)}"
    else:
        early = near(line.earliest, now, zone) if line.earliest > now else "now"
        late = near(line.latest, now, zone) if line.latest else "its reset"
        shown = f"runs out between {early} and {late}"
    return Line(f"{words.name(forecast.limit)}: straight line: {shown} ({reason})")
