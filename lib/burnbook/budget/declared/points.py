"""The points of a meter that readings prove in a period: what it rose, over all of its windows.

A window of a meter is known by its reset, so two agents on one account show the same window, whose
points count once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from burnbook.budget.declared.amounts import Amounts
from burnbook.config.budgets import Budget
from burnbook.context import Context
from burnbook.meters.vendor_meters import same_reset
from burnbook.rows.meters import Meter
from burnbook.store.queries import QUARTER
from burnbook.windows.snapshot_index import read_snapshots, snapshot_index

NO_READINGS = "no-readings"
BEGAN_BEFORE = "began-before-the-period"
_OPEN = 16  # windows of a meter at the same time: one for each account
_LONGEST = timedelta(days=32)  # a meter's window: earlier readings are of another one


class Shown(NamedTuple):
    """One reading of a meter. `owner` is the account as far as it is known."""

    owner: str
    captured_at: datetime
    used_percent: float
    window_minutes: int | None
    resets_at: datetime | None


def points(ctx: Context, budget: Budget, since: datetime, until: datetime) -> Amounts:
    """Returns the points of a budget's meter between two moments, by quarter-hour."""
    return rises(sorted(_readings(ctx, budget, since, until), key=_moment), since)


def rises(readings: Sequence[Shown], since: datetime) -> Amounts:
    """Returns what the readings, in order of time, prove since a moment.

    Of a meter's window that began before, only what it rose after its first reading is proved.
    """
    pace: dict[int, float] = {}
    reason = None
    is_known = False
    for window in _windows(readings):
        highest: float | None = None
        for reading in window:
            if reading.captured_at < since:
                highest = max(highest or 0.0, reading.used_percent)
                continue
            is_known = True
            if highest is None:
                highest = 0.0 if _begins_after(reading, since) else reading.used_percent
                reason = reason if _begins_after(reading, since) else BEGAN_BEFORE
            if reading.used_percent > highest:
                quarter = int(reading.captured_at.timestamp()) // QUARTER
                pace[quarter] = pace.get(quarter, 0) + reading.used_percent - highest
                highest = reading.used_percent
    if not is_known:
        return Amounts(None, {}, None, NO_READINGS)
    return Amounts(sum(pace.values()), pace, "meters", reason)


def _windows(readings: Sequence[Shown]) -> Iterable[list[Shown]]:
    """Returns the readings of each window of the meter."""
    windows: list[list[Shown]] = []
    for reading in readings:
        # The newest windows are last. A reading is of one of them, so not all are compared.
        same = next(
            (each for each in windows[: -_OPEN - 1 : -1] if _is_same(each[-1], reading)), None
        )
        if same is None:
            windows.append([reading])
        else:
            same.append(reading)
    return windows


def _is_same(last: Shown, reading: Shown) -> bool:
    if last.resets_at is not None or reading.resets_at is not None:
        return same_reset(last.resets_at, reading.resets_at)
    if last.owner != reading.owner or reading.used_percent < last.used_percent:
        return False
    minutes = reading.window_minutes
    return not minutes or reading.captured_at - last.captured_at <= timedelta(minutes=minutes)


def _begins_after(reading: Shown, since: datetime) -> bool:
    if reading.resets_at is None or not reading.window_minutes:
        return False
    return (reading.resets_at - since).total_seconds() >= 60 * reading.window_minutes


def _readings(ctx: Context, budget: Budget, since: datetime, until: datetime) -> Iterator[Shown]:
    accounts, earliest = ctx.config.accounts, since - _LONGEST

    def shown(
        provider: str, agent: str | None, login: str | None, at: datetime, meters: Iterable[Meter]
    ) -> Iterator[Shown]:
        label = accounts.label(provider, None, agent)
        if (
            earliest <= at <= until
            and budget.provider in (None, provider)
            and budget.agent in (None, agent)
            and budget.account in (None, label)
        ):
            owner = f"{provider} {label or login or agent}"
            for meter in meters:
                if meter.name == budget.meter and meter.used_percent is not None:
                    limits = (meter.used_percent, meter.window_minutes, meter.resets_at)
                    yield Shown(owner, at, *limits)

    index = snapshot_index(ctx)
    for window in index.windows():
        entries = [each for each in index.counted(window) if each.captured_at >= earliest]
        for row in read_snapshots(ctx.book, entries):
            yield from shown(row.provider, row.agent, row.account, row.captured_at, row.meters)
    for row in ctx.book.rows("meters"):
        yield from shown(row.provider, row.agent, None, row.captured_at, row.meters)


def _moment(reading: Shown) -> datetime:
    return reading.captured_at
