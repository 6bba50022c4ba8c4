"""Rows of requests before they are appended: by day, with what they add to the store."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request, RequestOrigin
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.cost.facts import size_class
from burnbook.cost.pricing import NANO
from burnbook.rows.usage import AgentUsage, Superseded
from burnbook.store import time_index
from burnbook.store.membership import Membership, Steps, parted
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.usage.booked_rows import entry_of, row_keys, session_ends, session_key
from burnbook.usage.counts import Counts, Origin, counts, moment, origin
from burnbook.usage.tables.cells import signed_values
from burnbook.usage.tables.increment import Increment

# The number of an origin, whether the log reported a cost, and the size of the prompt.
_Group = tuple[int, bool, int]
APPEND_ROWS = 8192  # some megabytes: much less than the book's lock may take


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
    upstream_id: str | None = None
    speed: str | None = None
    service_tier: str | None = None
    inference_geo: str | None = None
    served_by: str | None = None
    home: str | None = None
    subagent: str | None = None
    prompt_tokens: int | None = None
    web_searches: int = 0
    total_stated: int | None = None
    aliases: tuple[str, ...] = ()
    first: str | None = None
    revision: int = 0
    supersedes: str | None = None
    superseded: Superseded | None = None


class DayRows:
    """Rows of one day as aligned columns: key, request, payload, line."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.keys: list[int] = []
        self.requests: list[Request] = []
        self.payloads: list[Payload] = []
        self.lines: list[bytes] = []

    def keep(self, indexes: Sequence[int]) -> None:
        """Drop the other rows."""
        for name in ("keys", "requests", "payloads", "lines"):
            column = getattr(self, name)
            setattr(self, name, [column[index] for index in indexes])


class Superseding(NamedTuple):
    """A row that supersedes another, and its line."""

    line: bytes
    row: AgentUsage


class Origins:
    """The origins of requests as they are booked, by number; None: they cannot be booked.

    `window` is the one that the rows name; without it, a request is in the window of its time.
    """

    def __init__(
        self,
        tool: str,
        agent: str,
        origins: Sequence[RequestOrigin | None],
        membership: Membership,
        window: str | None = None,
    ) -> None:
        self.tool, self.agent = tool, agent
        self.origins, self.membership = origins, membership
        self._steps = membership.of(agent) if window is None else Steps.always(window)
        self._common: dict[int, tuple[str | None] | None] = {}  # the window of a whole quarter

    def of(self, group: _Group, window: str | None) -> Origin:
        """The origin of a group of requests."""
        number, has_usd, prompt = group
        at = self.origins[number]
        assert at is not None, "these requests are rejected before"
        where = (self.tool, at.model, at.session, at.project, at.branch, at.is_subagent)
        facts = (at.speed, at.service_tier, at.inference_geo, at.served_by)
        rest = (prompt, at.subagent, at.home, self.agent)
        return Origin(*where, window, has_usd, *facts, *rest)

    def by_window(
        self, quarter: int, requests: Sequence[Request]
    ) -> Iterable[tuple[str | None, Sequence[Request]]]:
        """Requests of a quarter-hour by window. In most there is one."""
        if quarter not in self._common:
            first, last = (datetime.fromtimestamp(n * QUARTER, UTC) for n in (quarter, quarter + 1))
            self._common[quarter] = self._steps.common(first, last)
        common = self._common[quarter]
        return parted(self._steps, requests) if common is None else [(common[0], requests)]


def increment(
    origins: Origins,
    days: Sequence[DayRows],
    later: Sequence[Superseding],
    aliases_of: dict[int, list[int]],
    span: tuple[int, int],
) -> Increment:
    """What rows add to the store that are appended at these bytes, the superseding ones last."""
    start, end = span
    lines = [line for day in days for line in day.lines] + [row.line for row in later]
    offsets = [*accumulate(map(len, lines), initial=start)]
    requests = [request for day in days for request in day.requests]
    payloads = [payload for day in days for payload in day.payloads]
    tool, membership = origins.tool, origins.membership
    unsigned = [key for day in days for key in day.keys]
    keys = array("q", array("Q", unsigned).tobytes())
    rows: list[tuple[int, ...]] = [
        # The fields of RowEntry, the last one DIFFERENCE; a plain tuple takes a third of the time.
        (key, 0, 0, request.total, offset, SCHEMA_VERSION, session_key(tool, payload.session), 1)
        for key, request, payload, offset in zip(keys, requests, payloads, offsets, strict=False)
    ]
    aliases = [
        (signed(alias), key)
        for own, key in zip(unsigned, keys, strict=True)
        for alias in aliases_of.get(own, ())
    ]
    for (_, row), offset in zip(later, offsets[len(keys) :], strict=False):
        row_key = row_keys(row.id, row.first)
        rows.append(entry_of(row_key, offset, row))
        aliases += [(signed(int(alias, 16)), row_key[0]) for alias in row.aliases]
    seen = [(payload.session, payload.ts) for payload in payloads]
    sessions = session_ends(tool, [*seen, *((row.session, row.ts) for _, row in later)])
    times = [request.ts.timestamp() for request in requests]
    groups: dict[tuple[int, _Group], list[Request]] = {}
    for request, payload, time in zip(requests, payloads, times, strict=True):
        prompt = size_class(payload.prompt_tokens or 0)
        group = request.origin, bool(request.usd), prompt
        groups.setdefault((int(time) // QUARTER, group), []).append(request)
    numbers: dict[Origin, int] = {}
    cells = []
    for (quarter, group), members in groups.items():
        for window, same in origins.by_window(quarter, members):
            number = numbers.setdefault(origins.of(group, window), len(numbers))
            cells.append((quarter, number, *_sums(same)))
    moments = [(offset, time, time) for offset, time in zip(offsets, times, strict=False)]
    for (_, row), offset in zip(later, offsets[len(keys) :], strict=False):
        own = [moment(row, values).timestamp() for values, _ in signed_values(row)]
        moments.append((offset, min(own), max(own)))
        for values, sign in signed_values(row):
            number = numbers.setdefault(origin(row, values, membership), len(numbers))
            sums = Counts()
            sums.add(counts(values), sign)
            quarter = int(moment(row, values).timestamp()) // QUARTER
            cells.append((quarter, number, *msgspec.structs.astuple(sums)))
    blocks, spans = time_index.blocks_of(moments), membership.spans
    added = (rows, aliases, sessions, [*numbers], cells)
    return Increment(start, end, *added, blocks, spans)


def _sums(requests: Sequence[Request]) -> tuple[int, ...]:
    """The fields of `Counts`."""
    if len(requests) == 1:
        [request] = requests
        nanos, has_usd = round((request.usd or 0) * NANO), int(request.usd is not None)
        return (1, *request.amounts, nanos, has_usd, request.facts.web_searches)
    costs = [request.usd for request in requests if request.usd is not None]
    nanos = sum([round(cost * NANO) for cost in costs])
    amounts = map(sum, zip(*[request.amounts for request in requests], strict=True))
    searches = sum([request.facts.web_searches for request in requests])
    return (len(requests), *amounts, nanos, len(costs), searches)


def appends(days: dict[int, list[int]], most: int) -> Iterator[list[tuple[str, list[int]]]]:
    """The keys by day (date.toordinal), in order, in the portions of one append."""
    portion: list[tuple[str, list[int]]] = []
    room = most
    for day in sorted(days):
        keys = days[day]
        while keys:
            head, keys = keys[:room], keys[room:]
            portion.append((date.fromordinal(day).isoformat(), head))
            room -= len(head)
            if not room:
                yield portion
                portion, room = [], most
    if portion:
        yield portion
