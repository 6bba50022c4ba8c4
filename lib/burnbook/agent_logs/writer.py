"""Books requests: each once, and again where more of it is told than the book has.

Rows are made without the lock. Under it only the index is caught up, what is there already left
out, and the others written and synced.
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.agent_logs.batch import Later, Part, Payload, cells, together, triples
from burnbook.agent_logs.origin import cleaned
from burnbook.agent_logs.requests import Found, Request, Tally, Where
from burnbook.base.errors import Refused
from burnbook.base.redact import redact
from burnbook.book import codec, journal, lock
from burnbook.book.bulk_codec import Stamp
from burnbook.book.recovery import heal
from burnbook.book.request_index import JOURNAL, Booked, Requests
from burnbook.jsonl.text import untouched
from burnbook.rows.usage import AgentUsage, Tokens
from burnbook.telemetry.event import MAX_TEXT
from burnbook.usage.totals import Used

_PLACE = ("ts", "session", "project", "branch", "model", "is_subagent", "request_id")

WindowOf = Callable[[datetime], str | None]


class Booking:
    """Books the requests of one process into one book."""

    def __init__(self, root: str, tool: str, agent: str, window_of: WindowOf) -> None:
        self.root, self.tool, self.agent, self.window_of = root, tool, agent, window_of
        self.index = Requests(root)
        self.tally = Tally()
        self.used = Used()
        self.written: list[tuple[int, int]] = []
        self._encode = msgspec.json.Encoder().encode_lines
        self._stamps: dict[str, Stamp] = {}

    def book(self, found: Found) -> None:
        """Book everything that was found; when this returns, it is durable."""
        places = self._places(found)
        days: dict[int, list[int]] = {}
        for key, request in found.requests.items():
            days.setdefault(request.ts.toordinal(), []).append(key)
        self.index.prepare()
        for parts in together(days):
            made = [self._part(day, keys, found.requests, places) for day, keys in parts]
            self._append(made, places)

    def _places(self, found: Found) -> list[Where | None]:
        """The places as they are booked; requests of one that cannot be are rejected."""
        places: list[Where | None] = []
        for where in found.places:
            try:
                places.append(cleaned(where))
            except Refused:
                places.append(None)
        return places

    def _part(
        self, day: str, keys: list[int], requests: dict[int, Request], places: list[Where | None]
    ) -> "Part":
        """The rows of a day, with their lines."""
        part = Part(day)
        tool, window_of = self.tool, self.window_of
        ids = [requests[key].request_id or "" for key in keys]
        is_clean = untouched("\n".join(ids)) and max(map(len, ids)) <= MAX_TEXT
        for key in keys:
            request = requests[key]
            _, ts, number, amounts, usd, request_id, _ = request
            where = places[number]
            if where is None:
                self.tally.rejected += 1
                continue
            if request_id is not None and not is_clean:
                request_id = redact(request_id.replace("\0", ""))[:MAX_TEXT]
            session, folder, branch, model, sub = where
            told = (ts, tool, session, folder, branch, model, *amounts, usd, sub, request_id)
            part.keys.append(key)
            part.requests.append(request)
            part.payloads.append(Payload(*told))
        part.windows = [window_of(request.ts) for request in part.requests]
        named = [window or "" for window in part.windows]
        if len(set(named)) == 1:
            part.lines = self._lines(named[0], part.keys, part.payloads)
            return part
        part.lines = [b""] * len(named)
        for window in set(named):
            at = [n for n, name in enumerate(named) if name == window]
            keys, payloads = [part.keys[n] for n in at], [part.payloads[n] for n in at]
            for n, line in zip(at, self._lines(window, keys, payloads), strict=True):
                part.lines[n] = line
        return part

    def _lines(self, window: str, keys: list[int], payloads: list[Payload]) -> list[bytes]:
        if window not in self._stamps:
            self._stamps[window] = Stamp("u", self.agent, window or None, self.tool)
        # A newline inside a JSON string is escaped, so these bytes stand only between two rows.
        texts = self._encode(payloads)[1:-2].split(b"}\n{")
        return self._stamps[window].lines(keys, texts).splitlines(keepends=True)

    def _append(self, parts: list["Part"], places: list[Where | None]) -> None:
        """Append what the book does not have of some parts."""
        later: list[Later] = []
        with lock.book_lock(self.root):
            heal(self.root, JOURNAL)
            self.index.catch_up()
            for part in parts:
                known = self.index.known(part.day, part.keys)
                if known:
                    later += self._later(part, known)
            lines = [line for part in parts for line in part.lines] + [one.line for one in later]
            if lines:
                start = journal.size(journal.path_of(self.root, JOURNAL))
                data = b"".join(lines)
                journal.append(self.root, {JOURNAL: data})
                self.index.add(triples(parts, later, lines, start), start + len(data))
                self.written.append((start, start + len(data)))
        self.tally.accepted += len(lines)
        self.used.extend(*cells(self.tool, parts, places))
        for one in later:
            self.used.add(one.row, 0, 0)

    def _later(self, part: "Part", known: dict[int, Booked]) -> list["Later"]:
        """Keep in a part what the book does not have; rows for what it has less of."""
        kept, later = [], []
        for at, key in enumerate(part.keys):
            booked = known.get(key)
            if booked is None:
                kept.append(at)
            elif part.requests[at].total > booked.tokens and (old := self._old(booked)):
                later.append(self._instead(part, at, old))
            else:
                self.tally.duplicates += 1
        for name in ("keys", "requests", "windows", "payloads", "lines"):
            column = getattr(part, name)
            setattr(part, name, [column[at] for at in kept])
        return later

    def _old(self, booked: Booked) -> AgentUsage | None:
        """The row of a request that is in the book; None where a later version wrote it."""
        _, line = next(journal.lines(journal.path_of(self.root, JOURNAL), booked.offset))
        try:
            old: AgentUsage = codec.decode(JOURNAL, line)
        except codec.Newer:
            return None
        return old

    def _instead(self, part: "Part", at: int, old: AgentUsage) -> "Later":
        """A row in the place of one that tells less: of the same moment and place."""
        request, first = part.requests[at], old.first or old.id
        told = dict(zip(Tokens.__struct_fields__, (*request.amounts, request.usd), strict=True))
        more = msgspec.structs.replace(
            part.payloads[at],
            **{name: getattr(old, name) for name in _PLACE},
            **told,
            first=first,
            supersedes=old.id,
            superseded=Tokens(**{name: getattr(old, name) for name in told}),
        )
        key = xxh3_64_intdigest(f"{first}\0{request.total}".encode())
        [line] = self._lines(old.window or "", [key], [more])
        row: AgentUsage = codec.decode(JOURNAL, line)
        return Later(part.keys[at], request.total, line, row)
