"""Cron expressions: five fields read, the moments that they mean, and the next of them. Pure.

A field is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or a list of these; months and
weekdays may be names (`jan`, `mon`). Sunday is 0 or 7. As in cron, a day counts when the day of the
month OR the weekday fits, unless one of the two begins with `*`: then both must fit.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from burnbook import clock

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: place for place, name in enumerate(_MONTHS, 1)}),
    ("weekday", 0, 7, {name: place for place, name in enumerate(_DAYS)}),
)
_SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,2}))?", re.ASCII)
# 29 February on one given weekday comes at least once in so many years.
_YEARS = 41


class Expr(NamedTuple):
    """A parsed expression: which values each field has, sorted, and which of them began with `*`.

    `text` is the same expression in numbers alone, which every cron can read. Weekdays are 0
    (Sunday) to 6.
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    stars: tuple[bool, ...]

    @property
    def either_day(self) -> bool:
        """Whether one of day of the month and weekday is enough."""
        return not self.stars[2] and not self.stars[4]

    def on(self, day: date) -> bool:
        """Whether a day counts."""
        fits = (day.day in self.days, day.isoweekday() % 7 in self.weekdays)
        return day.month in self.months and (any(fits) if self.either_day else all(fits))


def parse(text: str) -> Expr:
    """An expression of five fields, or `@daily` and the like. Raises ValueError: one sentence."""
    said = text.strip().lower()
    if said.startswith("@") and said not in _SHORT:
        raise ValueError(f"{text!r} is not known; valid: five fields, or {', '.join(_SHORT)}")
    words = _SHORT.get(said, said).split()
    if len(words) != len(_FIELDS):
        raise ValueError(f"{text!r} has {len(words)} fields; valid: five, such as '6 0 * * *'")
    read = [_field(word, *field) for word, field in zip(words, _FIELDS, strict=True)]
    values = [found for _, found in read]
    values[4] = {day % 7 for day in values[4]}
    minutes, hours, days, months, weekdays = (tuple(sorted(found)) for found in values)
    stars = tuple(word.startswith("*") for word in words)
    expr = Expr(
        " ".join(numbers for numbers, _ in read), minutes, hours, days, months, weekdays, stars
    )
    # 2024 is a leap year: what does not come in it never comes.
    if not expr.either_day and not any(days[0] <= monthrange(2024, m)[1] for m in months):
        raise ValueError(f"{text!r} never comes: no such month has a day {days[0]}")
    return expr


def _field(
    word: str, what: str, low: int, high: int, names: dict[str, int]
) -> tuple[str, set[int]]:
    numbers, found = [], set[int]()
    for part in word.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{what} {part!r} is not valid; valid: *, a, a-b, */n, a-b/n, or lists"
            )
        star, first, last, step = match.groups()
        if step is not None and (int(step) == 0 or not (star or last)):
            raise ValueError(f"{what} {part!r}: a step is 1 or more, and follows * or a-b")
        start = low if star else _number(first, what, low, high, names)
        # As the end of a range, `sun` is the day after Saturday.
        ends = {**names, "sun": 7} if names else names
        stop = (high if star else start) if last is None else _number(last, what, low, high, ends)
        if star and what == "weekday":
            stop = 6
        if stop < start:
            raise ValueError(f"{what} {part!r} ends before it begins")
        found.update(range(start, stop + 1, int(step or 1)))
        written = "*" if star else f"{start}" if last is None else f"{start}-{stop}"
        numbers.append(written + (f"/{int(step)}" if step else ""))
    return ",".join(numbers), found


def _number(text: str, what: str, low: int, high: int, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdecimal() or not low <= int(text) <= high:
        others = f", {', '.join(names)}" if names else ""
        raise ValueError(f"{what} {text!r} is not valid; valid: {low} to {high}{others}")
    return int(text)


def following(expr: Expr, after: datetime, zone: tzinfo | None) -> datetime:
    """The first moment after `after` (UTC) that an expression means in a zone.

    With fixed hours, each wall time counts once: one that a DST change skips comes as much later
    as the clock jumped, one that it repeats is the first. Where the hour begins with `*`, the clock
    is followed as it goes: a skipped time does not come, a repeated one comes twice.
    """
    day = clock.to_wall(after, zone).date() - timedelta(days=1)
    best: datetime | None = None
    for _ in range(366 * _YEARS):
        if expr.on(day):
            later = [moment for moment in _moments(expr, day, zone) if moment > after]
            if best is not None:
                # The day after the one that was found: a time skipped at midnight ends up in it.
                return min([best, *later])
            best = min(later, default=None)
        elif best is not None:
            return best
        day += timedelta(days=1)
    raise AssertionError("parse refuses what never comes")


def _moments(expr: Expr, day: date, zone: tzinfo | None) -> Iterator[datetime]:
    for hour in expr.hours:
        for minute in expr.minutes:
            wall = datetime.combine(day, time(hour, minute))
            first = clock.to_utc(wall, zone)
            if not expr.stars[1]:
                yield first
                continue
            for moment in {first, clock.to_utc(wall.replace(fold=1), zone)}:
                if clock.to_wall(moment, zone).replace(tzinfo=None, fold=0) == wall:
                    yield moment
