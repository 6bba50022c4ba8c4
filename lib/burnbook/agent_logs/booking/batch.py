"""Rows of requests before they are appended, as columns, and what they add to the store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import add

import msgspec

from burnbook.agent_logs.booking.superseding import Superseding
from burnbook.agent_logs.calls.names import count_of
from burnbook.agent_logs.origin import RequestOrigin
from burnbook.agent_logs.requests import Request
from burnbook.cost.pricing import NANO
from burnbook.rows.prompt_sizes import size_range
from burnbook.store import time_index
from burnbook.store.membership import Membership, Steps, parted
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.store.time_index import Block
from burnbook.usage.booked_rows import entry_of, row_keys, session_key
from burnbook.usage.counts import Counts, Origin, counts, moment, origin
from burnbook.usage.tables.cells import signed_values
from burnbook.usage.tables.increment import Increment, add_aliases, pack

# The number of an origin, whether the log reported a cost, and the size of the prompt.
_Group = tuple[int, bool, int]
_Cell = tuple[int, _Group, str | None]  # quarter-hour, group, window
_QUARTER = timedelta(seconds=QUARTER)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
APPEND_ROWS = 8192  # some megabytes: much less than the book's lock may take
CACHED_ROWS = 256  # rows that are made together stay in the processor's cache


class Origins:
    """The origins of requests as they are booked, by number; None: they cannot be booked.

    `window` is the one that the rows name; without it, a request is in the window of its time.
    `aliases` has the other keys of requests.
    """

    def __init__(
        self,
        tool: str,
        agent: str,
        origins: Sequence[RequestOrigin | None],
        membership: Membership,
        aliases: Mapping[int, Sequence[int]],
        window: str | None = None,
    ) -> None:
        self.aliases = aliases
        self.tool, self.agent = tool, agent
        self.origins, self.membership = origins, membership
        self.has_rejected = None in origins
        self.session_keys = [session_key(tool, at.session) if at else 0 for at in origins]
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


class Rows:
    """The rows of one append as aligned columns, and what they add to the store.

    `blocks` are their lines, some hundred in each, and `sizes` the length of each line. `aliases`
    are as in `Increment`, `cells` are sums by quarter-hour, group and window, as in `Counts`, and
    `ends` the last times of sessions. `times` are the first and last times of a block, by the
    number of rows at its end.
    """

    def __init__(self, origins: Origins) -> None:
        self.keys: list[int] = []
        self.requests: list[Request] = []
        self.blocks: list[bytes] = []
        self.sizes: list[int] = []
        self.tokens: list[int] = []
        self.sessions: list[int] = []
        self.tools: list[int] = []
        self.aliases: tuple[list[int], list[int]] = [], []
        self.cells: dict[_Cell, tuple[int, ...]] = {}
        self.ends: dict[int, datetime] = {}
        self.times: list[tuple[int, datetime, datetime]] = []
        self._origins = origins

    def add(
        self, keys: Sequence[int], requests: Sequence[Request], block: bytes, sizes: Iterable[int]
    ) -> None:
        """Add rows, some hundred at a time: they are in the processor's cache now, not later."""
        if not requests:
            return
        session_of, aliases_of = self._origins.session_keys, self._origins.aliases
        moments = [request.ts for request in requests]
        self.keys += keys
        self.times.append((len(self.keys), min(moments), max(moments)))
        self.requests += requests
        self.blocks.append(block)
        self.sizes += sizes
        self.tokens += [request.total for request in requests]
        self.sessions += [session_of[request.origin] for request in requests]
        self.tools += [count_of(request.calls) for request in requests]
        for key in [key for key in keys if key in aliases_of] if aliases_of else ():
            add_aliases(self.aliases, signed(key), aliases_of[key])
        cells, ends = self.cells, self.ends
        for (quarter, group), members in _groups(requests).items():
            session, last = session_of[group[0]], max([request.ts for request in members])
            ends[session] = max(last, ends.get(session, last))
            for window, same in self._origins.by_window(quarter, members):
                cell, sums = (quarter, group, window), _sums(same)
                if cell in cells:
                    sums = tuple(map(add, sums, cells[cell]))
                cells[cell] = sums

    def only(self, indexes: Sequence[int]) -> "Rows":
        """Some of the rows."""
        rows, text = Rows(self._origins), b"".join(self.blocks)
        ends = [*accumulate(self.sizes)]
        for start in range(0, len(indexes), CACHED_ROWS):
            part = indexes[start : start + CACHED_ROWS]
            keys, requests = [self.keys[n] for n in part], [self.requests[n] for n in part]
            lines = [text[ends[n] - self.sizes[n] : ends[n]] for n in part]
            rows.add(keys, requests, b"".join(lines), map(len, lines))
        return rows

    def time_blocks(self, offsets: Sequence[int]) -> list[Block]:
        """The blocks with their times, where the rows are at these offsets in the journal."""
        blocks, start = [], 0
        for end, first, last in self.times:
            moments = first.timestamp(), last.timestamp()
            blocks.append(Block(offsets[start], offsets[end - 1], *moments))
            start = end
        return blocks


def increment(
    origins: Origins,
    rows: Rows,
    later: Sequence[Superseding],
    span: tuple[int, int],
) -> Increment:
    """What rows add to the store that are appended at these bytes, the superseding ones last."""
    start, end = span
    sizes = [*rows.sizes, *(len(row.line) for row in later)]
    offsets = [*accumulate(sizes[:-1], initial=start)]
    membership, aliases, ends = origins.membership, rows.aliases, rows.ends
    first_rows = pack(rows.keys, rows.tokens, offsets, rows.sessions, rows.tools)
    numbers: dict[Origin, int] = {}
    number_of: dict[tuple[_Group, str | None], int] = {}  # the same, by what is quick to hash
    cells = []
    for (quarter, group, window), sums in rows.cells.items():
        number = number_of.get((group, window))
        if number is None:
            number = numbers.setdefault(origins.of(group, window), len(numbers))
            number_of[group, window] = number
        cells.append((quarter, number, *sums))
    entries, blocks = [], rows.time_blocks(offsets)
    for (_, row), offset in zip(later, offsets[len(rows.keys) :], strict=True):
        row_key, session = row_keys(row.id, row.first), session_key(origins.tool, row.session)
        entries.append(entry_of(row_key, offset, row))
        add_aliases(aliases, row_key[0], [int(alias, 16) for alias in row.aliases])
        ends[session] = max(row.ts, ends.get(session, row.ts))
        moments = [moment(row, values) for values, _ in signed_values(row)]
        blocks += time_index.blocks_of([offset], [min(moments)], [max(moments)])
        for values, sign in signed_values(row):
            number = numbers.setdefault(origin(row, values, membership), len(numbers))
            sums_of_row = Counts()
            sums_of_row.add(counts(values), sign)
            quarter = int(moment(row, values).timestamp()) // QUARTER
            cells.append((quarter, number, *msgspec.structs.astuple(sums_of_row)))
    sessions = {session: int(ts.timestamp() * 1000) for session, ts in ends.items()}
    added = (first_rows, entries, pack(*aliases), sessions, [*numbers], cells)
    return Increment(start, end, *added, blocks, membership.spans)


def _groups(requests: Sequence[Request]) -> dict[tuple[int, _Group], list[Request]]:
    """The requests by quarter-hour and group.

    Most follow another one of the same group, which comparisons show: hashing takes twice as long.
    """
    groups: dict[tuple[int, _Group], list[Request]] = {}
    number, has_usd, begins, ends, least, most = -1, False, _NEVER, _NEVER, 0, 0
    members: list[Request] = []
    for request in requests:
        ts, prompt = request.ts, request.facts.prompt_tokens
        if prompt is None:
            fresh, read, short, long, _, _ = request.amounts
            prompt = fresh + read + short + long
        if (
            request.origin != number
            or not begins <= ts < ends
            or not least <= prompt <= most
            or bool(request.usd) != has_usd
        ):
            number, has_usd = request.origin, bool(request.usd)
            quarter = int(ts.timestamp()) // QUARTER
            begins = datetime.fromtimestamp(quarter * QUARTER, UTC)
            ends = begins + _QUARTER
            least, most = size_range(prompt)
            members = groups.setdefault((quarter, (number, has_usd, least)), [])
        members.append(request)
    return groups


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


def appends(requests: Mapping[int, Request], most: int) -> Iterator[list[tuple[int, Request]]]:
    """The requests with their keys in the order of their days, in the portions of one append."""
    days: dict[int, list[tuple[int, Request]]] = {}
    for keyed in requests.items():
        days.setdefault(keyed[1].ts.toordinal(), []).append(keyed)
    ordered = [keyed for day in sorted(days) for keyed in days[day]]
    for start in range(0, len(ordered), most):
        yield ordered[start : start + most]
