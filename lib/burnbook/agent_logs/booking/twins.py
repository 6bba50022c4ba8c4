"""Requests that come twice: from an agent's own log, and from its OpenTelemetry export.

They are one request if they have the same id. An agent whose export has no ids (Codex), or a
gateway that leaves them out, is compared by session, prompt and output within ten minutes. What
matches nothing is not booked as long as the other source reaches further in its session: it may be
a part of what that has. Counters are sums without requests, so a session is booked from one of
both: the first.
"""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request, RequestSet, key_of
from burnbook.book import journal
from burnbook.rows.meters import Moment
from burnbook.rows.usage import Key
from burnbook.usage.booked_rows import row_keys
from burnbook.usage.tables.schema import JOURNAL

_SECONDS = 600.0  # between the times of one request in both
_UNSIGNED = (1 << 64) - 1

Size = tuple[int, int]  # everything sent, and the output


def mark_of(tool: str, kind: str) -> int:
    """The alias of all rows of a tool from an export; `kind` is `event` or `counter`."""
    return key_of(f"{tool}\0otlp\0{kind}")


def add_marks(aliases: dict[int, list[int]], requests: RequestSet) -> None:
    """Add the mark to the other aliases of each request from an export, as the last one."""
    for key, request in requests.requests.items():
        if request.facts.export:
            aliases.setdefault(key, []).append(mark_of(requests.tool, request.facts.export))


def marks(tool: str) -> list[int]:
    """The aliases by which the rows from an export are found."""
    return [mark_of(tool, kind) for kind in ("counter", "event")]


class _Row(msgspec.Struct):
    id: str
    ts: Moment
    session: str | None = None
    request_id: str | None = None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    first: str | None = None
    revision: int = 0
    aliases: list[Key] = []


_decode = msgspec.json.Decoder(_Row).decode


class _Each(NamedTuple):
    """A request of either source."""

    key: int
    ts: float
    session: str | None
    request_id: str | None
    size: Size
    is_booked: bool


class _Source:
    """The requests of one source, by id and by session."""

    def __init__(self, requests: Iterable[_Each]) -> None:
        self.by_id: dict[str, _Each] = {}
        self.by_session: dict[str | None, list[_Each]] = {}
        self.used: set[int] = set()
        for each in requests:
            if each.request_id:
                self.by_id[each.request_id] = each
            self.by_session.setdefault(each.session, []).append(each)

    def twin(self, request: _Each) -> _Each | None:
        """The same request in this source, each once."""
        found = self.by_id.get(request.request_id) if request.request_id else None
        if found is None:
            near = [
                (abs(each.ts - request.ts), each)
                for each in self.by_session.get(request.session, ())
                if each.size == request.size
                and each.key not in self.used
                and not _can_compare(each.request_id, request.request_id)
            ]
            seconds, nearest = min(near, default=(_SECONDS + 1, None))
            found = nearest if seconds <= _SECONDS else None
        if found is not None:
            self.used.add(found.key)
        return found

    def may_have(self, request: _Each) -> bool:
        """Whether a request without a twin may be in sums of this source all the same."""
        others = self.by_session.get(request.session, ())
        if not others or request.session is None:
            return False
        if any(_can_compare(each.request_id, request.request_id) for each in others):
            return False
        return request.ts <= max(each.ts for each in others)

    def has_session(self, session: str | None) -> bool:
        """Whether this source has requests of a session; of an unknown one: any at all."""
        return session in self.by_session if session is not None else bool(self.by_session)


def join(requests: RequestSet, root: str, *, has_exported: bool) -> None:
    """Join requests with their twins, in `requests` and in the book, before they are booked.

    `has_exported`: the book has requests of the tool from an export.
    """
    if not has_exported and not any(each.facts.export for each in requests.requests.values()):
        return
    new: dict[str, list[_Each]] = {"": [], "event": [], "counter": []}
    for key, request in requests.requests.items():
        new[request.facts.export].append(_each(requests, key, request))
    booked = _booked(requests, root, new)
    logs = _Source([*new[""], *booked[""]])
    known = {each.key for of_kind in booked.values() for each in of_kind}
    events, counters = _Source(booked["event"]), _Source(booked["counter"])
    for each in new["event"]:
        if each.key not in known:
            _settle(requests, each, logs, counters)
    for each in (each for each in new[""] if each.key not in known):
        if (twin := _settle(requests, each, events, counters)) is not None:
            requests.improved.add(twin)
    several = _Source([*new[""], *booked[""], *new["event"], *booked["event"]])
    for each in new["counter"]:
        if several.has_session(each.session) and each.key not in known:
            _refuse(requests, each)


def _settle(requests: RequestSet, each: _Each, other: _Source, counters: _Source) -> int | None:
    """Join a request with its twin in another source; returns its key if the twin is booked."""
    twin = other.twin(each)
    if twin is None:
        if other.may_have(each) or counters.may_have(each):
            _refuse(requests, each)
        return None
    if twin.is_booked:
        if twin.key not in requests.requests:
            requests.aliases[twin.key] = each.key
        return each.key
    request = requests.drop(each.key)
    if request is not None:
        requests.aliases[each.key] = twin.key
        requests.tally.duplicates += 1
    return None


def _refuse(requests: RequestSet, each: _Each) -> None:
    requests.drop(each.key)
    requests.tally.ignored += 1
    requests.tally.refused += 1


def _each(requests: RequestSet, key: int, request: Request) -> _Each:
    session, amounts = requests.origin(request.origin).session, request.amounts
    size = (sum(amounts[:4]), amounts[4])
    return _Each(key, request.ts.timestamp(), session, request.request_id, size, False)


def _booked(requests: RequestSet, root: str, new: dict[str, list[_Each]]) -> dict[str, list[_Each]]:
    """The booked requests that may be twins, by kind: the row of each that counts."""
    every = [each for of_kind in new.values() for each in of_kind]
    sessions = {each.session for each in every}
    ids = {each.request_id for each in every if each.request_id}
    has_all = None in sessions  # a counter of an unknown session
    needle = f'"tool":"{requests.tool}"'.encode()
    kinds_of = dict(zip(marks(requests.tool), ("counter", "event"), strict=True))
    booked: dict[int, tuple[tuple[int, int, int], str, _Each]] = {}
    for _, lines in journal.batches(journal.path_of(root, JOURNAL)):
        for line in lines:
            if needle not in line:
                continue
            try:
                row = _decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # `check` reports it
            if not (has_all or row.session in sessions or row.request_id in ids):
                continue
            aliases = [int(text, 16) for text in row.aliases]
            kinds = [kinds_of[alias] for alias in aliases if alias in kinds_of]
            request, own = row_keys(row.id, row.first)
            key = request & _UNSIGNED
            sent = row.input_tokens + row.cache_read_tokens
            sent += row.cache_write_5m_tokens + row.cache_write_1h_tokens
            size, when = (sent, row.output_tokens), row.ts.timestamp()
            each = _Each(key, when, row.session, row.request_id, size, True)
            order = (row.revision, sum(size), own)
            if key not in booked or booked[key][0] < order:
                booked[key] = (order, kinds[0] if kinds else "", each)
    result: dict[str, list[_Each]] = {kind: [] for kind in new}
    for _, kind, each in booked.values():
        result[kind].append(each)
    return result


def _can_compare(first: str | None, second: str | None) -> bool:
    """Whether two ids are of one kind, so that different ones are of different requests."""
    if not first or not second:
        return False
    return first.partition("_")[0] == second.partition("_")[0]
