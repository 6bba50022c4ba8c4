"""Books requests: each once, and again when a log has more tokens of it than the book.

Rows are encoded without the lock. Under it, the index reads what other writers appended, booked
requests are left out, and the rest is written and synced.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.batch import DayRows, Origins, Payload, Superseding, appends, increment
from burnbook.agent_logs.origin import cleaned
from burnbook.agent_logs.requests import Request, RequestOrigin, RequestSet, Tally
from burnbook.base.errors import Refused
from burnbook.base.redact import redact
from burnbook.book import codec, journal, lock
from burnbook.book.bulk_codec import Stamp
from burnbook.book.recovery import heal
from burnbook.jsonl.text import untouched
from burnbook.rows.meters import MAX_TEXT
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.usage.projection import JOURNAL, Increment
from burnbook.usage.request_index import Booked, RequestIndex

# Fields that a superseding row takes from the row that it supersedes.
_KEPT = ("ts", "session", "project", "branch", "model", "is_subagent", "request_id")

WindowOf = Callable[[datetime], str | None]


class Writer:
    """Books the requests of one process. `increments` is what its rows add to the store."""

    def __init__(self, root: str, tool: str, agent: str, window_of: WindowOf) -> None:
        self.root, self.tool, self.agent, self.window_of = root, tool, agent, window_of
        self.tally = Tally()
        self.increments: list[Increment] = []
        self._encode = msgspec.json.Encoder().encode_lines
        self._stamps: dict[str, Stamp] = {}

    def book(self, requests: RequestSet, index: RequestIndex) -> None:
        """Book requests; when this returns, they are durable."""
        origins = Origins(self.tool, [_cleaned(origin) for origin in requests.origins])
        days: dict[int, list[int]] = {}
        for key, request in requests.requests.items():
            days.setdefault(request.ts.toordinal(), []).append(key)
        for portion in appends(days):
            rows = [self._rows(day, keys, requests.requests, origins) for day, keys in portion]
            self._append(rows, origins, index)

    def _rows(
        self, day: str, keys: list[int], requests: dict[int, Request], origins: Origins
    ) -> DayRows:
        """The rows of a day, with their lines."""
        rows = DayRows(day)
        tool, window_of = self.tool, self.window_of
        ids = [requests[key].request_id or "" for key in keys]
        is_clean = untouched("\n".join(ids)) and max(map(len, ids)) <= MAX_TEXT
        for key in keys:
            request = requests[key]
            origin = origins.origins[request.origin]
            if origin is None:
                self.tally.rejected += 1
                continue
            request_id = request.request_id
            if request_id is not None and not is_clean:
                request_id = redact(request_id.replace("\0", ""))[:MAX_TEXT]
            session, project, branch, model, is_subagent = origin
            own = (request.usd, is_subagent, request_id)
            rows.keys.append(key)
            rows.requests.append(request)
            rows.payloads.append(
                Payload(request.ts, tool, session, project, branch, model, *request.amounts, *own)
            )
        rows.windows = [window_of(request.ts) for request in rows.requests]
        names = [window or "" for window in rows.windows]
        if len(set(names)) == 1:
            rows.lines = self._lines(names[0], rows.keys, rows.payloads)
            return rows
        rows.lines = [b""] * len(names)
        for window in set(names):
            indexes = [n for n, name in enumerate(names) if name == window]
            keys, payloads = [rows.keys[n] for n in indexes], [rows.payloads[n] for n in indexes]
            for n, line in zip(indexes, self._lines(window, keys, payloads), strict=True):
                rows.lines[n] = line
        return rows

    def _lines(self, window: str, keys: list[int], payloads: list[Payload]) -> list[bytes]:
        if window not in self._stamps:
            self._stamps[window] = Stamp("u", self.agent, window or None, self.tool)
        # A newline inside a JSON string is escaped, so these bytes are only between two rows.
        texts = self._encode(payloads)[1:-2].split(b"}\n{")
        return self._stamps[window].lines(keys, texts).splitlines(keepends=True)

    def _append(self, days: list[DayRows], origins: Origins, index: RequestIndex) -> None:
        """Append the rows that the book does not have."""
        later: list[Superseding] = []
        with lock.book_lock(self.root):
            heal(self.root, JOURNAL)
            index.catch_up()
            for day in days:
                booked = index.find(day.keys)
                if booked:
                    later += self._leave_out(day, booked)
            lines = [line for day in days for line in day.lines] + [row.line for row in later]
            if not lines:
                return
            start = journal.size(journal.path_of(self.root, JOURNAL))
            journal.append(self.root, {JOURNAL: b"".join(lines)})
        added = increment(origins, days, later, start)
        index.skip(added.end)
        self.increments.append(added)
        self.tally.accepted += len(lines)

    def _leave_out(self, day: DayRows, booked: dict[int, Booked]) -> list[Superseding]:
        """Drop the booked requests; returns rows for those of which the book has fewer tokens."""
        new, later = [], []
        for n, key in enumerate(day.keys):
            entry = booked.get(key)
            if entry is None:
                new.append(n)
            elif day.requests[n].total > entry.tokens and (old := self._old_row(entry)):
                later.append(self._superseding(day, n, old))
            else:
                self.tally.duplicates += 1
        day.keep(new)
        return later

    def _old_row(self, booked: Booked) -> AgentUsage | None:
        """The row of a booked request; None where it is corrupt or of a newer version."""
        _, line = next(journal.lines(journal.path_of(self.root, JOURNAL), booked.offset))
        row = codec.read(JOURNAL, line)
        return row if isinstance(row, AgentUsage) else None

    def _superseding(self, day: DayRows, n: int, old: AgentUsage) -> Superseding:
        """A row with more tokens, and the time and origin of the row that it supersedes."""
        request, first = day.requests[n], old.first or old.id
        amounts = dict(zip(Tokens.__struct_fields__, (*request.amounts, request.usd), strict=True))
        payload = msgspec.structs.replace(
            day.payloads[n],
            **{name: getattr(old, name) for name in _KEPT},
            **amounts,
            first=first,
            supersedes=old.id,
            superseded=Tokens(**{name: getattr(old, name) for name in amounts}),
        )
        key = xxh3_64_intdigest(f"{first}\0{request.total}".encode())
        [line] = self._lines(old.window or "", [key], [payload])
        row: AgentUsage = codec.decode(JOURNAL, line)
        return Superseding(day.keys[n], key, line, row)


def _cleaned(origin: RequestOrigin) -> RequestOrigin | None:
    """The origin as it is booked; None where it cannot be."""
    try:
        return cleaned(origin)
    except Refused:
        return None
