"""Official meters out of logs and status lines: what stands now, and the windows that were.

Several sessions show meters, and each shows what it last heard: one that lags shows what was true
before. A meter only rises until it resets, so within one reset what is less is older.
"""

from bisect import bisect_left, insort_right
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from burnbook.meters.deltas import SAME_RESET
from burnbook.rows.meters import Meter
from burnbook.rows.usage import MeterReading

_SESSIONS = 64
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(msgspec.Struct, array_like=True, frozen=True):
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


class Official(msgspec.Struct):
    """What the readings of meters.jsonl come to.

    `last` has the newest of each provider and meter; `windows` the last of each of their windows,
    in the order in which they reset; `own` the newest of the last sessions.
    """

    last: dict[str, dict[str, Shown]] = {}
    windows: dict[str, dict[str, list[Shown]]] = {}
    own: dict[str, dict[str, Shown]] = {}
    plans: dict[str, str] = {}

    def add(self, row: MeterReading) -> None:
        """Take the next row of the journal in."""
        if row.plan is not None:
            self.plans[row.provider] = row.plan
        for one in shown(row):
            last = self.last.setdefault(row.provider, {})
            if one.name not in last or one.captured_at >= last[one.name].captured_at:
                last[one.name] = one
            place(self.windows.setdefault(row.provider, {}).setdefault(one.name, []), one)
            if one.session is not None:
                key = f"{row.provider}/{one.session}"
                own = self.own.pop(key, {})
                own[one.name] = one
                self.own[key] = own  # the session that showed something last is last
        while len(self.own) > _SESSIONS:
            del self.own[next(iter(self.own))]

    def is_news(self, provider: str, one: Shown) -> bool:
        """Whether a session's meter of this moment tells more than what is booked."""
        last = self.last.get(provider, {}).get(one.name)
        if last is None:
            return True
        if one.captured_at < last.captured_at or same(one, last):
            return False
        own = self.own.get(f"{provider}/{one.session}", {}).get(one.name)
        if own is not None and same(one, own):
            return False  # it shows what it showed before; others have shown newer ones since
        # What is lower may be a session's own only where it falls below what that showed itself.
        is_own = own is not None and same_reset(one.resets_at, own.resets_at) and _falls(one, own)
        return is_own or not lags(one, last)

    def is_told(self, provider: str, one: Shown) -> bool:
        """Whether a session's meter is what is booked, or news."""
        last = self.last.get(provider, {}).get(one.name)
        return last is None or same(one, last) or self.is_news(provider, one)

    def is_more(self, provider: str, one: Shown) -> bool:
        """Whether a meter of some moment, now or long ago, tells more of its window."""
        windows = self.windows.get(provider, {}).get(one.name, [])
        at = _place(windows, one)
        return at is None or (_used(one) > _used(windows[at]))


def shown(row: MeterReading) -> list[Shown]:
    """The meters of a reading, each by itself."""
    return [shown_at(meter, row.captured_at, row.session) for meter in row.meters]


def shown_at(meter: Meter, captured_at: datetime, session: str | None) -> Shown:
    """Returns a meter as a session showed it at a moment."""
    values = (meter.name, meter.used_percent, meter.window_minutes, meter.resets_at)
    return Shown(*values, captured_at, session)


def same(one: Shown, other: Shown) -> bool:
    """Whether two readings show the same: a reset that wanders by two minutes is the same."""
    return one.used_percent == other.used_percent and same_reset(one.resets_at, other.resets_at)


def same_reset(one: datetime | None, other: datetime | None) -> bool:
    """Whether two moments are one reset."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME_RESET


def lags(one: Shown, last: Shown) -> bool:
    """Whether a meter, shown after `last`, is of before: of an earlier window, or less of one."""
    if one.resets_at is not None and one.resets_at <= one.captured_at:
        return True
    if same_reset(one.resets_at, last.resets_at):
        return _falls(one, last)
    if one.resets_at is None or last.resets_at is None:
        return one.resets_at is None and last.resets_at is not None
    return one.resets_at < last.resets_at and last.resets_at > one.captured_at


def standing(readings: Iterable[Shown], now: datetime) -> list[Shown]:
    """What stands of each meter, out of readings of any sessions, by name.

    That is its window that was shown last and goes on at `now` (else the one shown last), as far
    as any session knows that it is used, with the moment at which it was shown last.
    """
    by_name: dict[str, list[Shown]] = {}
    for one in readings:
        by_name.setdefault(one.name, []).append(one)
    found = []
    for _, shown in sorted(by_name.items()):
        going = [one for one in shown if one.resets_at is None or one.resets_at > now] or shown
        newest = max(going, key=lambda one: one.captured_at)
        most = max((one for one in going if same_reset(one.resets_at, newest.resets_at)), key=_rank)
        found.append(msgspec.structs.replace(most, captured_at=newest.captured_at))
    return found


def place(windows: list[Shown], one: Shown) -> None:
    """Put a meter among its windows: in the place of what tells less of the same one."""
    at = _place(windows, one)
    if at is None:
        insort_right(windows, one, key=_reset)
    elif _rank(one) >= _rank(windows[at]):
        # The reset as it was told first, so that one which wanders goes nowhere.
        windows[at] = msgspec.structs.replace(one, resets_at=windows[at].resets_at)


def _place(windows: list[Shown], one: Shown) -> int | None:
    """Where the window of a meter is among others; None where it is a new one."""
    for at in range(bisect_left(windows, _reset(one) - SAME_RESET, key=_reset), len(windows)):
        if same_reset(windows[at].resets_at, one.resets_at):
            return at
        if _reset(windows[at]) > _reset(one):
            break
    return None


def joined(windows: Iterable[Shown]) -> list[Shown]:
    """The windows of one meter in one session, where one that slides on unused is one.

    The readings come in their order. A window that begins before the last one has ended, and of
    which no less is used, is that one: it was reset by nobody.
    """
    found: list[Shown] = []
    for one in windows:
        if found and _slides(found[-1], one):
            found[-1] = one
        else:
            found.append(one)
    return found


def _slides(last: Shown, one: Shown) -> bool:
    if last.resets_at is None or one.resets_at is None or _falls(one, last):
        return False
    length = timedelta(minutes=one.window_minutes or 0)
    return last.resets_at <= one.resets_at + SAME_RESET and (
        one.resets_at - length < last.resets_at - SAME_RESET
    )


def _falls(one: Shown, other: Shown) -> bool:
    return _used(one) < _used(other)


def _rank(one: Shown) -> tuple[float, datetime]:
    return _used(one), one.captured_at


def _used(one: Shown) -> float:
    return -1.0 if one.used_percent is None else one.used_percent


def _reset(one: Shown) -> datetime:
    return one.resets_at or _NEVER
