"""Rows of requests before they are appended: by day, with what they add to the store."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import accumulate, groupby
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request, RequestOrigin
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.usage.counts import NANO, Counts, Origin, counts, origin
from burnbook.usage.projection import Increment, RowEntry

# The number of an origin, the window, and whether the log reported a cost.
_Group = tuple[int, str | None, bool]
_APPEND_ROWS = 8192  # some megabytes: much less than the book's lock may take


class Payload(msgspec.Struct, gc=False, omit_defaults=True):
    """The fields of `AgentUsage` that are not stamps, in its order."""

    ts: datetime
    tool: str
    session: str | None
    project: str | None
    branch: str | None
    model: str | None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    usd: float | None = None
    is_subagent: bool = False
    request_id: str | None = None
    first: str | None = None
    supersedes: str | None = None
    superseded: Tokens | None = None


class DayRows:
    """Rows of one day as aligned columns: key, request, window, payload, line."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.keys: list[int] = []
        self.requests: list[Request] = []
        self.windows: list[str | None] = []
        self.payloads: list[Payload] = []
        self.lines: list[bytes] = []

    def keep(self, indexes: Sequence[int]) -> None:
        """Drop the other rows."""
        for name in ("keys", "requests", "windows", "payloads", "lines"):
            column = getattr(self, name)
            setattr(self, name, [column[index] for index in indexes])


class Superseding(NamedTuple):
    """A row that supersedes another; `request` and `key` are 64-bit keys."""

    request: int
    key: int
    line: bytes
    row: AgentUsage


class Origins:
    """The origins of requests as they are booked, by number; None: they cannot be booked."""

    def __init__(self, tool: str, origins: Sequence[RequestOrigin | None]) -> None:
        self.tool, self.origins = tool, origins

    def of(self, group: _Group) -> Origin:
        """The origin of a group of requests."""
        number, window, has_usd = group
        request_origin = self.origins[number]
        assert request_origin is not None, "these requests are rejected before"
        session, project, branch, model, is_subagent = request_origin
        return Origin(self.tool, model, session, project, branch, is_subagent, window, has_usd)


def increment(
    origins: Origins, days: Sequence[DayRows], later: Sequence[Superseding], start: int
) -> Increment:
    """What rows add to the store that are appended at byte `start`, the superseding ones last."""
    lines = [line for day in days for line in day.lines] + [row.line for row in later]
    offsets = [*accumulate(map(len, lines), initial=start)]
    keys = [key for day in days for key in day.keys]
    requests = [request for day in days for request in day.requests]
    windows = [window for day in days for window in day.windows]
    rows: list[RowEntry] = [
        (signed(key), 0, request.total, offset)
        for key, request, offset in zip(keys, requests, offsets, strict=False)
    ]
    rows += [
        (signed(row.request), signed(row.key), counts(row.row).total, offset)
        for row, offset in zip(later, offsets[len(keys) :], strict=False)
    ]
    numbers: dict[Origin, int] = {}
    cells = []
    # Requests of one quarter-hour and origin are mostly neighbours: they are summed together.
    for (quarter, group), run in groupby(zip(requests, windows, strict=True), _group):
        number = numbers.setdefault(origins.of(group), len(numbers))
        cells.append((quarter, number, *_sums([request for request, _ in run])))
    for row in later:
        quarter = int(row.row.ts.timestamp()) // QUARTER
        for tokens, sign in ((row.row, 1), (row.row.superseded, -1)):
            if tokens is not None:
                number = numbers.setdefault(origin(row.row, tokens), len(numbers))
                sums = Counts()
                sums.add(counts(tokens), sign)
                cells.append((quarter, number, *msgspec.structs.astuple(sums)))
    return Increment(start, offsets[-1], rows, [*numbers], cells)


def _group(pair: tuple[Request, str | None]) -> tuple[int, _Group]:
    request, window = pair
    return int(request.ts.timestamp()) // QUARTER, (request.origin, window, bool(request.usd))


def _sums(requests: Sequence[Request]) -> tuple[int, ...]:
    """The fields of `Counts`."""
    costs = [request.usd for request in requests if request.usd is not None]
    nanos = sum([round(cost * NANO) for cost in costs])
    amounts = map(sum, zip(*[request.amounts for request in requests], strict=True))
    return (len(requests), *amounts, nanos, len(costs))


def appends(days: dict[int, list[int]]) -> Iterator[list[tuple[str, list[int]]]]:
    """The keys by day (date.toordinal), in order, in the portions of one append."""
    portion: list[tuple[str, list[int]]] = []
    room = _APPEND_ROWS
    for day in sorted(days):
        keys = days[day]
        while keys:
            head, keys = keys[:room], keys[room:]
            portion.append((date.fromordinal(day).isoformat(), head))
            room -= len(head)
            if not room:
                yield portion
                portion, room = [], _APPEND_ROWS
    if portion:
        yield portion
