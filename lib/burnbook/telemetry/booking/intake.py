"""Books the lines of a feed: decode, stamp, leave duplicates out, append, a chunk at a time.

Decoding and stamping need no lock. Under it, the index reads what other writers appended, rows that
are booked already are left out, and the others are written and synced: milliseconds for a chunk.
"""

from burnbook.book import journal, lock
from burnbook.book.recovery import heal
from burnbook.book.rejects import Rejects
from burnbook.jsonl.chunks import Chunk
from burnbook.store.store import Store
from burnbook.telemetry.booking.key_index import KeyIndex
from burnbook.telemetry.feeds.batch import Batch, BatchReader, Counts
from burnbook.telemetry.increment import Increment
from burnbook.telemetry.projection import TELEMETRY, stretch
from burnbook.telemetry.rows import JOURNAL

_STORED_TOGETHER = 1 << 19  # rows between two updates of the store


class Intake:
    """Books batches of rows of one feed into one book. Call `finish` at the end."""

    def __init__(self, store: Store, reader: BatchReader) -> None:
        self.store, self.reader = store, reader
        self.counts = Counts()
        self._index = KeyIndex(store)
        self._rejects = Rejects(store.root, reader.feed, reader.agent)
        self._increments: list[Increment] = []
        self._count = 0

    def book_chunk(self, chunk: Chunk) -> None:
        """Book the lines of a chunk; when this returns, its rows are durable."""
        self.book(self.reader.read(chunk.lines, chunk.number))

    def book(self, batch: Batch) -> None:
        """Book rows and refused lines; when this returns, they are durable."""
        if batch.keys:
            self._index.prepare(batch.keys)
        if batch.keys or batch.rejects:
            with lock.book_lock(self.store.root):
                if batch.keys:
                    self._append(batch)
                self._rejects.book(batch.rejects)
        self.counts.add(batch.counts)
        if self._count >= _STORED_TOGETHER:
            self.finish()
            self._index.open()

    def finish(self) -> None:
        """Bring the store up to date."""
        increments, self._increments, self._count = self._increments, [], 0
        if increments:
            spans = self.reader.spans
            self.store.add(TELEMETRY, [stretch(increment, spans) for increment in increments])

    def _append(self, batch: Batch) -> None:
        """With the lock held: append the rows that the book does not have."""
        heal(self.store.root, JOURNAL)
        known = self._index.known(batch.keys)
        if known:
            batch.leave_out(known)
        if not batch.keys:
            return
        lines = batch.lines()
        start = journal.size(journal.path_of(self.store.root, JOURNAL))
        journal.append(self.store.root, {JOURNAL: lines})
        end = start + sum(map(len, lines))
        self._index.add(batch.keys, end)
        if not self._increments or self._increments[-1].end != start:
            self._increments.append(Increment(start, start))
        self._increments[-1].add(end, batch.keys, batch.traffic, batch.times(start))
        self._count += batch.counts.accepted
