"""Rows of requests on their way into the book: by day, with what the index and the fold take."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate, groupby
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request, Where
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.usage.quarters import QUARTER
from burnbook.usage.totals import NANO, Place

# The number of a place, the window, and whether the log tells a cost.
_Place = tuple[int, str | None, bool]
_TOGETHER = 8192  # rows of one append: some megabytes, well below the time that the lock may take


class Payload(msgspec.Struct, gc=False, omit_defaults=True):
    """The own fields of `AgentUsage`, in its order."""

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


class Part:
    """Rows of one day, aligned: key, request, window, payload, line."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.keys: list[int] = []
        self.requests: list[Request] = []
        self.windows: list[str | None] = []
        self.payloads: list[Payload] = []
        self.lines: list[bytes] = []


class Later(NamedTuple):
    """A row in the place of another; `key` is that of the request."""

    key: int
    tokens: int
    line: bytes
    row: AgentUsage


def triples(
    parts: list[Part], later: list[Later], lines: list[bytes], start: int
) -> dict[str, list[int]]:
    """Key, tokens and offset of each row, by day, in the order of the lines."""
    places = accumulate(map(len, lines), initial=start)
    found: dict[str, list[int]] = {}
    for part in parts:
        day = found.setdefault(part.day, [])
        # The places last: zip takes one too many of what comes first.
        for key, request, place in zip(part.keys, part.requests, places, strict=False):
            day += (key, request.total, place)
    for one, place in zip(later, places, strict=False):
        day = found.setdefault(one.row.ts.date().isoformat(), [])
        day += (one.key, one.tokens, place)
    return found


def cells(
    tool: str, parts: list[Part], places: list[Where | None]
) -> tuple[list[Place], list[tuple[int, ...]]]:
    """The cells of new rows, for the fold of what was used."""
    numbers: dict[_Place, int] = {}
    rows: list[tuple[int, ...]] = []
    pairs = [pair for part in parts for pair in zip(part.requests, part.windows, strict=True)]
    # Requests of one quarter and place mostly stand together: their sums are made at once.
    for (bucket, where), run in groupby(pairs, _cell):
        some = [request for request, _ in run]
        usd = [request.usd for request in some if request.usd is not None]
        nanos = sum([round(one * NANO) for one in usd])
        sums = map(sum, zip(*[request.amounts for request in some], strict=True))
        place = numbers.setdefault(where, len(numbers))
        rows.append((bucket, place, len(some), *sums, nanos, len(usd)))
    made: list[Place] = []
    for number, window, has_usd in numbers:
        named = places[number]
        assert named is not None, "requests of a place that cannot be booked are rejected before"
        session, folder, branch, model, sub = named
        made.append((tool, model, session, folder, branch, sub, window, has_usd))
    return made, rows


def _cell(pair: tuple[Request, str | None]) -> tuple[int, "_Place"]:
    request, window = pair
    return int(request.ts.timestamp()) // QUARTER, (request.where, window, bool(request.usd))


def together(days: dict[int, list[int]]) -> Iterator[list[tuple[str, list[int]]]]:
    """The days in order, as many rows together as one append takes."""
    parts: list[tuple[str, list[int]]] = []
    room = _TOGETHER
    for day in sorted(days):
        keys = days[day]
        while keys:
            some, keys = keys[:room], keys[room:]
            parts.append((date.fromordinal(day).isoformat(), some))
            room -= len(some)
            if not room:
                yield parts
                parts, room = [], _TOGETHER
    if parts:
        yield parts
