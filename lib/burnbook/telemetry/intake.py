"""Books the lines of a feed: decode, tell duplicates, stamp, append, a chunk at a time.

Decoding and stamping need no lock. Under it only the keys are caught up, the rows that are there
already left out, and the others written and synced, so it is held for milliseconds however large
the input is. Several intakes may book into one book at once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import compress
from operator import attrgetter, itemgetter

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.book import journal, lock
from burnbook.book.key_index import Keys, read_key
from burnbook.book.recovery import heal
from burnbook.book.rejects import Rejects
from burnbook.jsonl.chunks import CHUNK, Chunk
from burnbook.telemetry.decoder import Decoder, Parted
from burnbook.telemetry.pending_rows import JOURNAL, Columns, Made
from burnbook.telemetry.traffic import Traffic

_TOGETHER = 512  # lines at a time: what they become stays in the processor's cache
_HELD = 4 * CHUNK  # bytes of rows: a map can make more of a chunk than the chunk itself has

# What a line says; the other fields of a row come from the feed's declaration.
_SAID = (
    *("ts", "rid", "lane", "model", "status", "input_tokens", "output_tokens", "reason"),
    *("latency_ms", "cached_input_tokens", "cache_write_tokens"),
)
_day = itemgetter(slice(6, 16))  # of a payload, which begins with its `ts`


class Counts(msgspec.Struct):
    """What became of the lines."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0

    def take(self, other: "Counts") -> None:
        """Add another's."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Intake:
    """Books chunks of lines of one feed into one book."""

    def __init__(
        self,
        root: str,
        feed: str,
        decoder: Decoder,
        identity: Sequence[str],
        agent: str,
        window_of: Callable[[datetime], str | None] | str,
    ) -> None:
        self.root, self.feed, self.decoder, self.agent = root, feed, decoder, agent
        self.window_of = window_of
        self.counts = Counts()
        self.traffic: defaultdict[str, Traffic] = defaultdict(Traffic)
        self.written: list[tuple[int, int]] = []
        self.keys = Keys(root, JOURNAL, "1", read_key)
        self.rejects = Rejects(root, feed, agent)
        self._encode = msgspec.json.Encoder().encode
        self._encode_lines = msgspec.json.Encoder().encode_lines
        self._pick = None if tuple(identity) == _SAID else attrgetter(*identity)

    def take(self, chunk: Chunk) -> None:
        """Book one chunk: when this returns, its rows are durable."""
        made = self._empty()
        rejected: list[tuple[int, str, bytes]] = []
        held = 0
        for start in range(0, len(chunk.lines), _TOGETHER):
            lines = chunk.lines[start : start + _TOGETHER]
            batch = self.decoder.parted(lines)
            number = chunk.number + start
            rejected += [(number + at, why, lines[at]) for at, why in batch.rejected]
            self.counts.ignored += batch.ignored
            if batch.events:
                held += self._prepare(batch, made)
            if held > _HELD:
                self._commit(made, rejected)
                made, rejected, held = self._empty(), [], 0
        self._commit(made, rejected)

    def _empty(self) -> Made:
        return Made(self.agent, self.feed, whole=self._pick is None)

    def _commit(self, made: Made, rejected: list[tuple[int, str, bytes]]) -> None:
        """Book rows and refused lines: when this returns, they are durable."""
        self.counts.rejected += len(rejected)
        refused = self.rejects.prepare(rejected)
        if not made.keys and not refused:
            return
        self.keys.prepare()
        with lock.book_lock(self.root):
            known = self._book(made)
            self.rejects.book(refused)
        self.counts.duplicates += len(known)
        self.counts.accepted += sum(map(len, made.keys.values()))
        made.fold(self.traffic, known)

    def _prepare(self, batch: Parted, made: Made) -> int:
        """Make rows of events, but of those that are known to be there already; their bytes."""
        events, sides = batch.events, batch.sides
        # A newline inside a JSON string is escaped, so these bytes stand only between two rows.
        payloads = self._encode_lines(events)[1:-2].split(b"}\n{")
        days = list(map(_day, payloads))
        if self._pick is None:
            keys = list(map(xxh3_64_intdigest, payloads))
        else:
            keys = [xxh3_64_intdigest(self._encode(some)) for some in map(self._pick, events)]
        columns: Columns = (events, sides, payloads, keys, days)
        new = made.unseen(keys, days, self.keys)
        if not all(new):
            columns = tuple([*compress(column, new)] for column in columns)
            self.counts.duplicates += new.count(False)
        for window, some in self._windows(columns):
            made.add(window, *some)
        return sum(map(len, columns[2]))

    def _windows(self, columns: Columns) -> Iterable[tuple[str, Columns]]:
        """The rows by window, the empty name for those of none."""
        if isinstance(self.window_of, str):
            return ((self.window_of, columns),)
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, event in enumerate(columns[0]):
            found[self.window_of(event.ts) or ""].append(at)
        return [
            (window, tuple([column[at] for at in places] for column in columns))
            for window, places in found.items()
        ]

    def _book(self, made: Made) -> list[bytes]:
        """With the lock held: append what is new, and give the lines of what is there already."""
        heal(self.root, JOURNAL)
        self.keys.catch_up()
        known = {day: self.keys.known(day.decode(), keys) for day, keys in made.keys.items()}
        left = made.leave_out(known) if any(known.values()) else []
        blocks = made.blocks()
        if blocks:
            start = journal.size(journal.path_of(self.root, JOURNAL))
            end = start + sum(map(len, blocks))
            journal.append(self.root, {JOURNAL: blocks})
            self.keys.add({day.decode(): keys for day, keys in made.keys.items()}, end)
            self.written.append((start, end))
        return left
