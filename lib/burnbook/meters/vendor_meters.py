"""Official meters from logs and status lines: current values and past windows.

Several sessions show meters, and each shows the last values it received, which may be stale. A
meter only rises until it resets, so of two values before the same reset the lower one is older.
"""

from bisect import bisect_left, insort_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from burnbook.meters.deltas import SAME_RESET
from burnbook.rows.amounts import Amount
from burnbook.rows.meters import Meter
from burnbook.rows.usage import MeterReading

_SESSIONS = 64
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ShownMeter(msgspec.Struct, array_like=True, frozen=True):
    """One meter as a reading showed it."""

    name: str
    used_percent: float | None
    window_minutes: int | None
    resets_at: datetime | None
    captured_at: datetime
    session: str | None

    @property
    def meter(self) -> Meter:
        """The meter alone."""
        return Meter(self.name, self.used_percent, self.window_minutes, self.resets_at)


class ShownCredits(msgspec.Struct, array_like=True, frozen=True):
    """The credits of one line of a log, and the vendor's word for a limit that is reached."""

    captured_at: datetime
    session: str | None
    amounts: tuple[Amount, ...]
    reached: str | None

    @property
    def moment(self) -> tuple[datetime, str]:
        """What two of them are ordered by."""
        return self.captured_at, self.session or ""


class OfficialMeters(msgspec.Struct):
    """Summary of the readings in meters.jsonl, by `source`: the provider and the agent's folder.

    `last` has the newest reading of each meter; `windows` the last reading of each of their
    windows, in order of reset; `own` the newest readings of the most recent sessions; `credits`
    the newest amounts.
    """

    last: dict[str, dict[str, ShownMeter]] = {}
    windows: dict[str, dict[str, list[ShownMeter]]] = {}
    own: dict[str, dict[str, ShownMeter]] = {}
    plans: dict[str, str] = {}
    credits: dict[str, ShownCredits] = {}

    def add(self, row: MeterReading) -> None:
        """Add the next row of the journal."""
        origin = source(row.provider, row.home)
        if row.plan is not None:
            self.plans[origin] = row.plan
        if row.amounts or row.reached:
            shown_credits = ShownCredits(
                row.captured_at, row.session, row.amounts or (), row.reached
            )
            newest = self.credits.setdefault(origin, shown_credits)
            if shown_credits.moment >= newest.moment:
                self.credits[origin] = shown_credits
        for meter in shown(row):
            last = self.last.setdefault(origin, {})
            if meter.name not in last or meter.captured_at >= last[meter.name].captured_at:
                last[meter.name] = meter
            insert(self.windows.setdefault(origin, {}).setdefault(meter.name, []), meter)
            if meter.session is not None:
                key = f"{origin}/{meter.session}"
                own = self.own.pop(key, {})
                own[meter.name] = meter
                self.own[key] = own  # ordered by last use
        while len(self.own) > _SESSIONS:
            del self.own[next(iter(self.own))]

    def is_newer(self, origin: str, meter: ShownMeter) -> bool:
        """Whether a session's meter at this moment adds to what is booked of a source."""
        last = self.last.get(origin, {}).get(meter.name)
        if last is None:
            return True
        if meter.captured_at < last.captured_at or same(meter, last):
            return False
        own = self.own.get(f"{origin}/{meter.session}", {}).get(meter.name)
        if own is not None and same(meter, own):
            return False  # unchanged in this session; others have shown newer values since
        # A lower value is a new fact only if it is below the session's own last value.
        is_own = (
            own is not None and same_reset(meter.resets_at, own.resets_at) and _falls(meter, own)
        )
        return is_own or not lags(meter, last)

    def is_current(self, origin: str, meter: ShownMeter) -> bool:
        """Whether a session's meter equals the booked one or is newer."""
        last = self.last.get(origin, {}).get(meter.name)
        return last is None or same(meter, last) or self.is_newer(origin, meter)

    def adds_usage(self, origin: str, meter: ShownMeter) -> bool:
        """Whether a meter of any moment shows a new window, or more usage of a known one."""
        windows = self.windows.get(origin, {}).get(meter.name, [])
        at = _index(windows, meter)
        return at is None or (_used(meter) > _used(windows[at]))

    def adds_credits(self, origin: str, shown_credits: ShownCredits) -> bool:
        """Whether credits are newer than the booked ones, and not the same."""
        last = self.credits.get(origin)
        return last is None or (
            shown_credits.moment > last.moment
            and (shown_credits.amounts, shown_credits.reached) != (last.amounts, last.reached)
        )


def source(provider: str, home: str | None) -> str:
    """The key of the readings of one provider in one agent's folder, or in an unknown one."""
    return provider if home is None else f"{provider} {home}"


def shown(row: MeterReading) -> list[ShownMeter]:
    """The meters of a reading."""
    return [shown_at(meter, row.captured_at, row.session) for meter in row.meters]


def shown_at(meter: Meter, captured_at: datetime, session: str | None) -> ShownMeter:
    """Returns a meter as a session showed it at a moment."""
    values = (meter.name, meter.used_percent, meter.window_minutes, meter.resets_at)
    return ShownMeter(*values, captured_at, session)


def same(meter: ShownMeter, other: ShownMeter) -> bool:
    """Whether two readings are equal, with a tolerance of two minutes for the reset."""
    return meter.used_percent == other.used_percent and same_reset(meter.resets_at, other.resets_at)


def same_reset(first: datetime | None, second: datetime | None) -> bool:
    """Whether two moments are the same reset, within two minutes."""
    if first is None or second is None:
        return first is second
    return abs(first - second) <= SAME_RESET


def lags(meter: ShownMeter, last: ShownMeter) -> bool:
    """Whether a meter shown after `last` is stale: of an earlier window, or with less usage."""
    if meter.resets_at is not None and meter.resets_at <= meter.captured_at:
        return True
    if same_reset(meter.resets_at, last.resets_at):
        return _falls(meter, last)
    if meter.resets_at is None or last.resets_at is None:
        return meter.resets_at is None and last.resets_at is not None
    return meter.resets_at < last.resets_at and last.resets_at > meter.captured_at


def current(readings: Iterable[ShownMeter], now: datetime) -> list[ShownMeter]:
    """The current state of each meter, sorted by name, from readings of any sessions.

    It is the window that was shown last and is still open at `now` (else the one shown last), with
    the highest usage that any session shows and the moment at which it was shown last.
    """
    by_name: dict[str, list[ShownMeter]] = {}
    for meter in readings:
        by_name.setdefault(meter.name, []).append(meter)
    states = []
    for _, shown in sorted(by_name.items()):
        going = [
            meter for meter in shown if meter.resets_at is None or meter.resets_at > now
        ] or shown
        newest = max(going, key=lambda meter: meter.captured_at)
        most = max(
            (meter for meter in going if same_reset(meter.resets_at, newest.resets_at)), key=_rank
        )
        states.append(msgspec.structs.replace(most, captured_at=newest.captured_at))
    return states


def insert(windows: list[ShownMeter], meter: ShownMeter) -> None:
    """Insert a meter into its windows, or replace the same window if it shows less usage."""
    if not windows or _reset(meter) > _reset(windows[-1]) + SAME_RESET:
        windows.append(meter)
        return
    at = _index(windows, meter)
    if at is None:
        insort_right(windows, meter, key=_reset)
    elif _rank(meter) >= _rank(windows[at]):
        # Keep the first reset, so that small changes do not add up.
        windows[at] = msgspec.structs.replace(meter, resets_at=windows[at].resets_at)


def _index(windows: list[ShownMeter], meter: ShownMeter) -> int | None:
    """The index of a meter's window; None if it is new."""
    for at in range(bisect_left(windows, _reset(meter) - SAME_RESET, key=_reset), len(windows)):
        if same_reset(windows[at].resets_at, meter.resets_at):
            return at
        if _reset(windows[at]) > _reset(meter):
            break
    return None


def merge_sliding(windows: Iterable[ShownMeter]) -> list[ShownMeter]:
    """Merges windows of one meter in one session whose reset only slides on while unused.

    The readings are in order. A window that begins before the last one has ended, with no less
    usage, is the same window: there was no reset in between.
    """
    merged: list[ShownMeter] = []
    for meter in windows:
        if merged and _slides(merged[-1], meter):
            merged[-1] = meter
        else:
            merged.append(meter)
    return merged


def _slides(last: ShownMeter, meter: ShownMeter) -> bool:
    if last.resets_at is None or meter.resets_at is None or _falls(meter, last):
        return False
    length = timedelta(minutes=meter.window_minutes or 0)
    return last.resets_at <= meter.resets_at + SAME_RESET and (
        meter.resets_at - length < last.resets_at - SAME_RESET
    )


def _falls(meter: ShownMeter, other: ShownMeter) -> bool:
    return _used(meter) < _used(other)


def _rank(meter: ShownMeter) -> tuple[float, datetime]:
    return _used(meter), meter.captured_at


def _used(meter: ShownMeter) -> float:
    return -1.0 if meter.used_percent is None else meter.used_percent


def _reset(meter: ShownMeter) -> datetime:
    return meter.resets_at or _NEVER
