"""Rows of requests before they are appended, as columns, and what they add to the store."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import msgspec

from burnbook.agent_logs.requests import Request, RequestOrigin
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.cost.pricing import NANO
from burnbook.rows.prompt_sizes import size_range
from burnbook.rows.usage import AgentUsage, Superseded
from burnbook.store import time_index
from burnbook.store.membership import Membership, Steps, parted
from burnbook.store.projection import signed
from burnbook.store.queries import QUARTER
from burnbook.usage.booked_rows import entry_of, row_keys, session_key
from burnbook.usage.counts import Counts, Origin, counts, moment, origin
from burnbook.usage.tables.cells import signed_values
from burnbook.usage.tables.increment import Increment, pack

# The number of an origin, whether the log reported a cost, and the size of the prompt.
_Group = tuple[int, bool, int]
_QUARTER = timedelta(seconds=QUARTER)
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
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


class Rows:
    """The rows of one append as aligned columns: key, request, payload, line."""

    def __init__(self) -> None:
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


def increment(
    origins: Origins,
    rows: Rows,
    later: Sequence[Superseding],
    aliases_of: dict[int, list[int]],
    span: tuple[int, int],
) -> Increment:
    """What rows add to the store that are appended at these bytes, the superseding ones last."""
    start, end = span
    lines = [*rows.lines, *(row.line for row in later)]
    offsets = [*accumulate(map(len, lines[:-1]), initial=start)]
    requests, membership, session_of = rows.requests, origins.membership, origins.session_keys
    keys = array("q", array("Q", rows.keys).tobytes())
    entries: list[tuple[int, ...]] = [
        # The fields of RowEntry, the last one DIFFERENCE; a plain tuple takes a third of the time.
        (key, 0, 0, request.total, offset, SCHEMA_VERSION, session_of[request.origin], 1)
        for key, request, offset in zip(keys, requests, offsets, strict=False)
    ]
    aliases = [
        (signed(alias), key)
        for own, key in zip(rows.keys, keys, strict=True)
        for alias in aliases_of.get(own, ())
    ]
    groups = _groups(requests, rows.payloads)
    ends: dict[int, datetime] = {}
    numbers: dict[Origin, int] = {}
    number_of: dict[tuple[_Group, str | None], int] = {}  # the same, by what is quick to hash
    cells = []
    for (quarter, group), members in groups.items():
        session, last = session_of[group[0]], max([request.ts for request in members])
        ends[session] = max(last, ends.get(session, last))
        for window, same in origins.by_window(quarter, members):
            number = number_of.get((group, window))
            if number is None:
                number = numbers.setdefault(origins.of(group, window), len(numbers))
                number_of[group, window] = number
            cells.append((quarter, number, *_sums(same)))
    first_at = [request.ts for request in requests]
    last_at = first_at[:]
    for (_, row), offset in zip(later, offsets[len(keys) :], strict=True):
        row_key, session = row_keys(row.id, row.first), session_key(origins.tool, row.session)
        entries.append(entry_of(row_key, offset, row))
        aliases += [(signed(int(alias, 16)), row_key[0]) for alias in row.aliases]
        ends[session] = max(row.ts, ends.get(session, row.ts))
        moments = [moment(row, values) for values, _ in signed_values(row)]
        first_at.append(min(moments))
        last_at.append(max(moments))
        for values, sign in signed_values(row):
            number = numbers.setdefault(origin(row, values, membership), len(numbers))
            sums = Counts()
            sums.add(counts(values), sign)
            quarter = int(moment(row, values).timestamp()) // QUARTER
            cells.append((quarter, number, *msgspec.structs.astuple(sums)))
    sessions = {session: int(ts.timestamp() * 1000) for session, ts in ends.items()}
    blocks = time_index.blocks_of(offsets, first_at, last_at)
    added = (pack(entries), aliases, sessions, [*numbers], cells)
    return Increment(start, end, *added, blocks, membership.spans)


def _groups(
    requests: Sequence[Request], payloads: Sequence[Payload]
) -> dict[tuple[int, _Group], list[Request]]:
    """The requests by quarter-hour and group.

    Most follow another one of the same group, which comparisons show: hashing takes twice as long.
    """
    groups: dict[tuple[int, _Group], list[Request]] = {}
    number, has_usd, begins, ends, least, most = -1, False, _NEVER, _NEVER, 0, 0
    members: list[Request] = []
    for request, payload in zip(requests, payloads, strict=True):
        ts, prompt = request.ts, payload.prompt_tokens or 0
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


def appends(days: dict[int, list[int]], most: int) -> Iterator[list[int]]:
    """The keys in the order of their days (date.toordinal), in the portions of one append."""
    keys = [key for day in sorted(days) for key in days[day]]
    for start in range(0, len(keys), most):
        yield keys[start : start + most]
