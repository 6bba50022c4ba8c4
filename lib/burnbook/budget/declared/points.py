"""The points of a meter that readings prove in a period: what it rose, over all of its windows.

A window of a meter is known by its account and its reset, so the points of agents that share an
account count once. Agents without a known account share one if they show the same reset.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from burnbook.budget.declared.amounts import Amounts
from burnbook.config.budgets import Budget
from burnbook.context import Context
from burnbook.meters import views
from burnbook.meters.vendor_meters import same_reset
from burnbook.store.queries import QUARTER
from burnbook.windows.accounts import shown_meters

NO_READINGS = "no-readings"
BEGAN_BEFORE = "began-before-the-period"
_OPEN = 16  # windows of a meter at the same time: one for each account
_LONGEST = timedelta(days=32)  # a meter's window: earlier readings are of another one


class Shown(Struct, frozen=True):
    """One reading of a meter. `owner` is the account, or the agent if no account `is_known`.

    `after_request`: it came with the answer to a request, not from a pane at some other moment.
    """

    owner: str
    captured_at: datetime
    used_percent: float
    window_minutes: int | None
    resets_at: datetime | None
    is_known: bool = True
    after_request: bool = False


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
    for window in map(finer, reset_windows(readings)):
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


def reset_windows(readings: Sequence[Shown]) -> list[list[Shown]]:
    """Returns the readings of each window of one meter, from readings in order of time."""
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


def finer(window: Sequence[Shown]) -> list[Shown]:
    """Returns the readings of a window, with the finer number of two views of one value."""
    shown: list[Shown] = []
    for reading in window:
        last = shown[-1].used_percent if shown else 0.0
        used = views.finer(last, reading.used_percent) if reading.used_percent < last else None
        if used is not None:
            shown[-1] = replace(shown[-1], used_percent=used)
            reading = replace(reading, used_percent=used)
        shown.append(reading)
    return shown


def _is_same(last: Shown, reading: Shown) -> bool:
    is_other = last.owner != reading.owner
    if is_other and last.is_known and reading.is_known:
        return False
    if last.resets_at is not None or reading.resets_at is not None:
        return same_reset(last.resets_at, reading.resets_at)
    if is_other or reading.used_percent < last.used_percent:
        return False
    minutes = reading.window_minutes
    passed = (reading.captured_at - last.captured_at).total_seconds()
    return not minutes or passed <= 60 * minutes


def _begins_after(reading: Shown, since: datetime) -> bool:
    if reading.resets_at is None or not reading.window_minutes:
        return False
    return (reading.resets_at - since).total_seconds() >= 60 * reading.window_minutes


def _readings(ctx: Context, budget: Budget, since: datetime, until: datetime) -> Iterator[Shown]:
    for provider in shown_meters.providers(ctx):
        if budget.provider not in (None, provider):
            continue
        for each in shown_meters.shown(ctx, provider, since - _LONGEST, until):
            meter = each.meter
            if (
                meter.name == budget.meter
                and meter.used_percent is not None
                and budget.account in (None, each.account.name)
                and budget.agent in (None, each.agent)
            ):
                limits = (meter.used_percent, meter.window_minutes, meter.resets_at)
                owner = f"{provider} {each.account.name}"
                yield Shown(owner, each.captured_at, *limits, each.account.is_known)


def _moment(reading: Shown) -> datetime:
    return reading.captured_at
