"""What readings of totals add to the booked readings of their sessions."""

from datetime import datetime

from burnbook.agent_logs.booking.booked import row_at
from burnbook.agent_logs.requests import Request, RequestSet, total
from burnbook.agent_logs.sums.readings import Link, Readings
from burnbook.rows.usage import Tokens
from burnbook.store.store import Store
from burnbook.usage.request_index import RequestIndex, look_up

_AT_ONCE = 16  # readings of a session that are looked up together
_KINDS = Tokens.__struct_fields__[:6]
_LEAST_USD = 1e-9


class _Booked:
    """The booked readings of a session: sums since the last fall, the last time, the next link.

    The cost is that of all readings: it grows where tokens fall.
    """

    def __init__(self, session: str) -> None:
        self.next = Link(session)
        self.amounts = [0] * len(_KINDS)
        self.usd = 0.0
        self.ts: datetime | None = None
        self.is_known = True

    def keys(self) -> list[int]:
        """The keys of the next readings, and of the first after a fall."""
        links = [self.next.plus(number) for number in range(_AT_ONCE)]
        return [link.key for link in (*links, self.next.after_fall)]

    def read(self, keys: list[int], index: RequestIndex) -> bool:
        """Add the booked ones of these; returns whether there may be more."""
        for key in keys[:-1]:
            entry = index.find(key)
            if entry is None:
                break
            row = row_at(index.path, entry)
            if row is None:
                self.is_known = False  # corrupt, or of a newer version
                return False
            self.amounts = [n + getattr(row, k) for n, k in zip(self.amounts, _KINDS, strict=True)]
            self.usd += row.usd or 0.0
            self.ts = row.ts
            self.next = self.next.plus(1)
        else:
            return True
        if index.find(keys[-1]) is None:
            return False
        self.next, self.amounts = self.next.after_fall, [0] * len(_KINDS)
        return True


def add_differences(store: Store, root: str, readings: Readings, requests: RequestSet) -> None:
    """Add to `requests` what the readings add to the booked ones of their sessions."""
    sessions = {name: _Booked(name) for name in readings.latest}
    waiting = list(sessions.values())
    while waiting:
        keys = [session.keys() for session in waiting]
        index = RequestIndex(root, look_up(store, root, [key for each in keys for key in each]))
        pairs = zip(waiting, keys, strict=True)
        waiting = [session for session, own in pairs if session.read(own, index)]
    for name, reading in readings.latest.items():
        session = sessions[name]
        if not session.is_known:
            requests.tally.ignored += 1
            continue
        link, request = _difference(session, reading)
        if request is None:
            requests.tally.duplicates += 1
            continue
        requests.add(link.key, request)
        readings.following[link.key] = link.plus(1).key


def _difference(booked: _Booked, reading: Request) -> tuple[Link, Request | None]:
    """The link of a reading and what it adds; None for nothing."""
    link, before = booked.next, booked.amounts
    if booked.ts is not None and reading.ts < booked.ts:
        return link, None  # an older copy of the session
    if reading.total < sum(before[:5]):
        link, before = link.after_fall, [0] * len(_KINDS)
    more = [max(new - old, 0) for new, old in zip(reading.amounts, before, strict=True)]
    usd = None if reading.usd is None else max(round(reading.usd - booked.usd, 9), 0.0)
    fresh, read, short, long, output, reasoning = more
    amounts = (fresh, read, short, long, output, min(reasoning, output))
    tokens = total(amounts)
    if not tokens and (usd is None or usd <= _LEAST_USD):
        return link, None
    return link, Request(
        tokens, reading.ts, reading.origin, amounts, usd, None, reading.file, reading.facts
    )
