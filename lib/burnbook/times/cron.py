"""Cron expressions, based on `cronsim`: validation, the values of each field, the next moment.

An expression has five fields. A field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or
a list of these; months and weekdays may be names (`jan`, `mon`). As in Debian's cron, a day matches
if the day of the month OR the weekday matches; if one of the two begins with `*`, both must match.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from cronsim import CronSim, CronSimError
from cronsim.cronsim import SYMBOLIC_DAYS, SYMBOLIC_MONTHS

from burnbook.times import clock

_SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = (
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12, or jan to dec"),
    ("weekday", "0 to 7, or sun to sat"),
)
_EXAMPLE = "such as '6 0 * * *'"
# The syntax that every cron supports; cronsim also knows seconds, `L`, `#` and `5/10`.
_PART = re.compile(r"(?:\*|\d{1,2}-\d{1,2})(?:/\d{1,2})?|\d{1,2}", re.ASCII)
_SINGLE = re.compile(r"\b(\w+)-\1(?:/0*[1-9]\d*)?(?!\w)")
_NAMES = {name.lower(): str(number) for number, name in enumerate(SYMBOLIC_MONTHS, 1)}
_NAMES |= {name.lower(): str(number) for number, name in enumerate(SYMBOLIC_DAYS)}
# As the end of a range, `sun` is the day after Saturday.
_LAST_SUNDAY = re.compile(r"-sun\b")


class Expr(NamedTuple):
    """A valid expression: `text` with numbers only, which every cron supports, and sorted values.

    Weekdays are 0 (Sunday) to 6. `either_day`: the day of the month or the weekday must match.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    either_day: bool


def parse(text: str) -> Expr:
    """Returns an expression of five fields, or `@daily` and the like. Raises ValueError."""
    lowered = text.strip().lower()
    if lowered.startswith("@") and lowered not in _SHORT:
        raise ValueError(f"unknown {text!r}; valid: five fields, or {', '.join(_SHORT)}")
    words = _SHORT.get(lowered, lowered).split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"{text!r} has {len(words)} fields; valid: five, {_EXAMPLE}")
    # cronsim reads 5-5/10 as 5-59/10; cron reads it as 5.
    words = [_SINGLE.sub(r"\1", word) for word in words]
    numbers = [*words[:3], *(_numbers(word) for word in words[3:])]
    for index, (name, valid) in enumerate(_FIELDS):
        single = ["*"] * len(_FIELDS)
        single[index] = numbers[index]
        if not all(map(_PART.fullmatch, numbers[index].split(","))) or _simulated(single) is None:
            raise ValueError(
                f"{name} {words[index]!r} is not valid; valid: {valid}, *, a-b, */n, a-b/n, "
                f"or a list, {_EXAMPLE}"
            )
    schedule = _simulated(numbers)
    if schedule is None:
        raise ValueError(f"{text!r} never runs: no such month has a day {words[2]}; {_EXAMPLE}")
    return Expr(
        text=" ".join(numbers),
        minutes=tuple(sorted(schedule.minutes)),
        hours=tuple(sorted(schedule.hours)),
        days=tuple(sorted(schedule.days)),
        months=tuple(sorted(schedule.months)),
        weekdays=tuple(sorted({day % 7 for day in schedule.weekdays if isinstance(day, int)})),
        either_day=not schedule.day_and,
    )


def _numbers(word: str) -> str:
    """Returns a field with numbers instead of names."""
    word = _LAST_SUNDAY.sub("-7", word)
    return re.sub("[a-z]+", lambda name: _NAMES.get(name[0], name[0]), word)


def _simulated(words: list[str]) -> CronSim | None:
    try:
        return CronSim(" ".join(words), datetime(2024, 1, 1))
    except CronSimError:
        return None


def following(expr: Expr, after: datetime, zone: tzinfo) -> datetime:
    """Returns the first moment after `after` (UTC) when cron starts a job in a zone.

    As in Debian's cron, a job with a fixed minute and hour runs once a day: right after a DST
    change that skips its time, and at the first of two repeated times. A job whose minute or hour
    begins with `*` follows the clock.
    """
    times = CronSim(expr.text, clock.to_wall(after, zone))
    # In a repeated hour, cronsim starts at the first of the two, which may be before `after`.
    return next(moment for each in times if (moment := each.astimezone(UTC)) > after)


def latest(expr: Expr, now: datetime, within: timedelta, zone: tzinfo) -> datetime | None:
    """Returns a moment at most `within` before `now` when a job was due; None if there is none.

    Schedulers other than cron may start a job at both of two repeated times; each counts.
    """
    shown = clock.to_wall(now, zone).replace(tzinfo=UTC)
    by_wall = now - (shown - following(expr, shown - within, UTC))
    return min(
        (m for m in (following(expr, now - within, zone), by_wall) if m <= now), default=None
    )
