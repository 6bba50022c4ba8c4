"""Books requests: each once, and again when a log has more of it than the book.

Rows are encoded without the lock. Under it, the index reads what other writers appended, booked
requests are left out, and the rest is written and synced.
"""

from collections.abc import Sequence

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.booking.batch import (
    APPEND_ROWS,
    CACHED_ROWS,
    Origins,
    Rows,
    appends,
    increment,
)
from burnbook.agent_logs.booking.booked import BookedRequests
from burnbook.agent_logs.booking.sessions import Sessions
from burnbook.agent_logs.booking.superseding import Payload, Superseding, payload_of, superseded
from burnbook.agent_logs.booking.twins import add_marks
from burnbook.agent_logs.calls.names import count_of
from burnbook.agent_logs.origin import booked_as, clean_id
from burnbook.agent_logs.requests import Request, RequestSet, Tally
from burnbook.book import codec, journal, lock
from burnbook.book.bulk_codec import Stamp
from burnbook.book.chain.prepare import prepare
from burnbook.book.codec import SCHEMA_VERSION
from burnbook.book.recovery import heal
from burnbook.jsonl.text import untouched
from burnbook.rows.meters import MAX_TEXT
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.store.membership import Membership
from burnbook.store.projection import signed
from burnbook.usage.booked_rows import NOT_KNOWN, row_keys, session_key
from burnbook.usage.request_index import RequestIndex
from burnbook.usage.tables.increment import Increment
from burnbook.usage.tables.schema import JOURNAL

_APPEND_READ = 2048  # rows of one append when the booked row of each must be read: 80 ms


class Writer:
    """Books the requests of one process. `increments` is what its rows add to the store.

    `window` is the one that the rows name, if any. `has_shared_keys`: version 1 gave several
    requests of these logs one key.
    """

    def __init__(
        self,
        root: str,
        tool: str,
        agent: str,
        window: str | None = None,
        *,
        has_shared_keys: bool = False,
    ) -> None:
        self.root, self.tool, self.agent, self.window = root, tool, agent, window
        self.has_shared_keys = has_shared_keys
        self.tally = Tally()
        self.increments: list[Increment] = []
        self.sessions = Sessions(tool)
        self.following: dict[int, int] = {}  # of readings of totals, see `Readings`
        self._encode = msgspec.json.Encoder().encode_lines
        self._stamps: dict[tuple[str | None, str], Stamp] = {}
        self._aliases: dict[int, list[int]] = {}

    def book(self, requests: RequestSet, index: RequestIndex) -> None:
        """Book requests; when this returns, they are durable."""
        self.sessions.ends, self.sessions.booked = requests.ends, index.known.sessions
        self.sessions.settle(requests)
        cleaned_origins = [booked_as(origin) for origin in requests.origins]
        membership = Membership(index.known.spans)
        self._aliases = {}
        for alias, key in requests.aliases.items():
            self._aliases.setdefault(key, []).append(alias)
        add_marks(self._aliases, requests)
        names = (self.tool, self.agent, cleaned_origins)
        origins = Origins(*names, membership, self._aliases, self.window)
        has_rows_to_read = any(row.tools == NOT_KNOWN for row in index.known.requests.values())
        is_quick = self.window is None and not has_rows_to_read
        most = APPEND_ROWS if is_quick else _APPEND_READ
        for portion in appends(requests.requests, most):
            rows = Rows(origins)
            for start in range(0, len(portion), CACHED_ROWS):
                self._add(rows, portion[start : start + CACHED_ROWS], origins)
            self._append(rows, origins, requests, index)

    def _add(self, rows: Rows, keyed: list[tuple[int, Request]], origins: Origins) -> None:
        """Add rows of some requests, with their lines."""
        if origins.has_rejected:
            count = len(keyed)
            keyed = [each for each in keyed if origins.origins[each[1].origin] is not None]
            self.tally.rejected += count - len(keyed)
        ids = [request.request_id or "" for _, request in keyed]
        ids += [request.facts.upstream_id or "" for _, request in keyed]
        is_clean = untouched("\n".join(ids)) and max(map(len, ids), default=0) <= MAX_TEXT
        payloads = [
            self._payload(key, request, origins, is_clean=is_clean) for key, request in keyed
        ]
        keys = [key for key, _ in keyed]
        lines = self._lines(keys, payloads, self.window, self.agent)
        rows.add(keys, [request for _, request in keyed], *lines)

    def _payload(
        self, key: int, request: Request, origins: Origins, *, is_clean: bool = False
    ) -> Payload:
        origin = origins.origins[request.origin]
        assert origin is not None, "these requests are rejected before"
        facts, request_id = request.facts, request.request_id
        upstream_id = facts.upstream_id
        if not is_clean:
            request_id, upstream_id = clean_id(request_id), clean_id(upstream_id)
        session, project, branch, model, is_subagent, speed, tier, geo, server, *rest = origin
        subagent, home, skill = rest
        fresh, read, short, long, output, reasoning = request.amounts
        aliases, calls = self._aliases.get(key), request.calls
        return Payload(  # with `*`, the rows take 1.2 times as long
            request.ts,
            self.tool,
            session,
            project,
            branch,
            model,
            fresh,
            read,
            short,
            long,
            output,
            reasoning,
            request.usd,
            is_subagent,
            request_id,
            upstream_id,
            speed,
            tier,
            geo,
            server,
            home,
            subagent,
            skill,
            fresh + read + short + long if facts.prompt_tokens is None else facts.prompt_tokens,
            facts.web_searches,
            None if calls is None else tuple([name for name, _, _ in calls]),
            sum([commits for _, _, commits in calls]) if calls else 0,
            facts.total_stated,
            tuple([f"{alias:016x}" for alias in aliases]) if aliases else (),
        )

    def _lines(
        self, keys: list[int], payloads: list[Payload], window: str | None, agent: str
    ) -> tuple[bytes, list[int]]:
        """The lines of rows, and the size of each."""
        if not payloads:
            return b"", []
        if (window, agent) not in self._stamps:
            self._stamps[window, agent] = Stamp("u", agent, window, self.tool)
        stamp = self._stamps[window, agent]
        # A newline inside a JSON string is escaped, so these bytes are only between two rows.
        texts = self._encode(payloads)[1:-2].split(b"}\n{")
        return stamp.lines(keys, texts), [stamp.size + len(text) for text in texts]

    def _append(
        self, rows: Rows, origins: Origins, requests: RequestSet, index: RequestIndex
    ) -> None:
        """Append the rows that the book does not have."""
        later: list[Superseding] = []
        booked = BookedRequests(self.root, index, has_shared_keys=self.has_shared_keys)
        prepare(self.root, JOURNAL)
        with lock.book_lock(self.root):
            heal(self.root, JOURNAL)
            index.catch_up()
            if not index.is_empty():
                rows, later = self._leave_out(rows, origins, requests, booked)
            lines = [*rows.blocks, *(row.line for row in later)]
            if not lines:
                return
            start = journal.size(journal.path_of(self.root, JOURNAL))
            end = journal.append(self.root, {JOURNAL: lines})[JOURNAL]
            index.skip(start, end, has_first_rows_only=not later)
        added = increment(origins, rows, later, (start, end))
        self.increments.append(added)
        self.tally.accepted += len(rows.keys)

    def _leave_out(
        self, rows: Rows, origins: Origins, requests: RequestSet, booked: BookedRequests
    ) -> tuple[Rows, list[Superseding]]:
        """The rows of requests that are not booked, and rows for those of which the book has
        less.
        """
        new, later = [], []
        for n, key in enumerate(rows.keys):
            aliases: Sequence[int] = self._aliases.get(key, ())
            if rows.requests[n].facts.export:
                aliases = aliases[:-1]  # the mark is that of all
            entry, is_mixed = booked.find(key, aliases, requests)
            if entry is None:
                new.append(n)
                continue
            request = rows.requests[n]
            payload = self._payload(key, request, origins)
            following = self.following.get(key)
            if following is not None and booked.index.find(following) is not None:
                self.tally.duplicates += 1  # another process booked this reading and a later one
                continue
            is_known = entry.version >= SCHEMA_VERSION and request.total <= entry.tokens
            is_known = is_known and entry.session == session_key(self.tool, payload.session)
            is_better = key in requests.improved and request.total >= entry.tokens
            is_known = is_known and not is_better and count_of(request.calls) <= entry.tools
            row, is_moved = None, False
            old = None if is_known and self.window is None else booked.row(entry)
            if old is not None:
                is_moved = self.window not in (None, old.window)
                if is_moved or not is_known:
                    kinds = {"is_mixed": is_mixed, "is_better": is_better}
                    row = self._superseding(old, payload, request, key, **kinds)
            if row is None:
                self.tally.duplicates += 1
            else:
                later.append(row)
                is_more = request.total > entry.tokens
                self.tally.accepted += is_more
                self.tally.reassigned += is_moved and not is_more
                self.tally.upgraded += not is_moved and not is_more
        return (rows if len(new) == len(rows.keys) else rows.only(new)), later

    def _superseding(
        self, old: AgentUsage, new: Payload, request: Request, key: int, **kinds: bool
    ) -> Superseding | None:
        """A row with what the log adds to a booked one; None if it adds nothing."""
        if row_keys(old.id, old.first)[0] != signed(key):
            new = msgspec.structs.replace(new, aliases=(f"{key:016x}", *new.aliases))
        takes_over = self.sessions.is_first(new.session, old.session)
        window = self.window or old.window
        kinds |= {"takes_over": takes_over, "is_moved": window != old.window}
        payload = payload_of(old, new, request, **kinds)
        if payload is None:
            return None
        payload.superseded = superseded(old, payload, window)
        total = sum(getattr(payload, name) for name in Tokens.__struct_fields__[:5])
        row_key = xxh3_64_intdigest(f"{payload.first}\0{payload.revision}\0{total}".encode())
        # The agent stays, because the window of a row that names none depends on it.
        line, _ = self._lines([row_key], [payload], window, old.agent or self.agent)
        row: AgentUsage = codec.decode(JOURNAL, line)
        return Superseding(line, row)
