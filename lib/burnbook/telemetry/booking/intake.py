"""Books the lines of a feed: decode, stamp, leave duplicates out, append, a chunk at a time.

Decoding and stamping need no lock. Under it, the index reads what other writers appended, rows that
are booked already are left out, and the others are written and synced: milliseconds for a chunk.
"""

from burnbook.book import journal, lock
from burnbook.book.chain.prepare import prepare
from burnbook.book.recovery import heal
from burnbook.book.rejects import Rejects
from burnbook.jsonl.chunks import Chunk
from burnbook.jsonl.exports import skipped
from burnbook.store.store import Store
from burnbook.telemetry.booking.key_index import KeyIndex
from burnbook.telemetry.booking.reassign import Corrections, corrections
from burnbook.telemetry.feeds.batch import Batch, Counts
from burnbook.telemetry.feeds.batch_reader import BatchReader
from burnbook.telemetry.increment import Increment
from burnbook.telemetry.projection import stretch, telemetry
from burnbook.telemetry.rows import JOURNAL

_STORED_TOGETHER = 1 << 19  # rows between two updates of the store
_REFUSED_TOGETHER = 4096  # refused lines, of 0.5 KB each, that are written and synced together


class Intake:
    """Books batches of rows of one feed into one book. Call `finish` at the end.

    With `reassigns`, requests that are booked get the window of the reader.
    """

    def __init__(self, store: Store, reader: BatchReader, *, reassigns: bool = False) -> None:
        self.store, self.reader, self.reassigns = store, reader, reassigns
        self.counts = Counts()
        self.skipped: skipped.Skipped = {}
        self._index = KeyIndex(store)
        self._rejects = Rejects(store.root, reader.feed, reader.agent)
        self._refused: dict[int, bytes] = {}
        self._increments: list[Increment] = []
        self._count = 0
        self._has_corrections = False
        self._began = self._index.stored_up_to

    def book_chunk(self, chunk: Chunk) -> None:
        """Book the lines of a chunk; when this returns, its rows are durable."""
        self.book(self.reader.read(chunk))

    def book(self, batch: Batch, *, more: bool = False) -> None:
        """Book rows and refused lines; when this returns, they are durable.

        With `more`, the next batch or `finish` follows at once, and refused lines may wait for it.
        """
        moved: Corrections = {}
        if batch.keys:
            prepare(self.store.root, JOURNAL)
            self._index.prepare(batch.keys)
            if self.reassigns:
                moved = self._corrections(batch)
        # If this fails, the next command reads these lines again.
        refused, self._refused = self._refused, {}
        for key, row in batch.rejects.items():
            refused.setdefault(key, row)
        if more and len(refused) < _REFUSED_TOGETHER:
            waiting, refused = refused, {}
        else:
            waiting = {}
        if batch.keys or refused:
            with lock.book_lock(self.store.root):
                if batch.keys:
                    self._append(batch, moved)
                self._rejects.book(refused)
        self._refused = waiting
        self.counts.add(batch.counts)
        skipped.add(self.skipped, batch.skipped)
        if self._count >= _STORED_TOGETHER:
            self.finish()
            self._index.open()

    def finish(self) -> None:
        """Book the refused lines that wait, and bring the store up to date."""
        if self._refused:
            refused, self._refused = self._refused, {}
            with lock.book_lock(self.store.root):
                self._rejects.book(refused)
        increments, self._increments, self._count = self._increments, [], 0
        if increments or self._has_corrections:
            self._has_corrections = False
            spans = self.reader.spans
            stretches = [stretch(increment, spans) for increment in increments]
            self.store.add(telemetry(self.store.root), stretches)

    def _corrections(self, batch: Batch) -> Corrections:
        """Rows that move booked requests of the batch. The index is prepared for them too."""
        assert self.reader.window is not None
        moved = corrections(self._index, batch, self.reader.window, self._began)
        if moved:
            self._index.prepare(_with(batch.keys, moved))
        return moved

    def _append(self, batch: Batch, moved: Corrections) -> None:
        """With the lock held: append the rows that the book does not have."""
        heal(self.store.root, JOURNAL)
        known = self._index.known(_with(batch.keys, moved) if moved else batch.keys)
        if known:
            batch.leave_out(known)
        new = {
            day: [key for key in of_day if key not in known.get(day, ())]
            for day, of_day in moved.items()
        }
        later = [moved[day][key] for day, keys in new.items() for key in keys]
        batch.counts.reassigned = len(later)
        batch.counts.duplicates -= len(later)
        lines = batch.lines()
        if not lines and not later:
            return
        start = journal.size(journal.path_of(self.store.root, JOURNAL))
        # The last row is longer when it is written, by its link of the chain.
        size = journal.append(self.store.root, {JOURNAL: [*lines, *later]})[JOURNAL]
        end = start + sum(map(len, lines)) if later else size
        self._index.add(batch.keys, end)
        if later:  # the store reads them
            self._index.add(new, size)
            self._count += len(later)
            self._has_corrections = True
        if not lines:
            return
        if not self._increments or self._increments[-1].end != start:
            self._increments.append(Increment(start, start))
        self._increments[-1].add(end, batch.keys, batch.traffic, batch.times(start))
        self._count += batch.counts.accepted


def _with(keys: dict[str, list[int]], moved: Corrections) -> dict[str, list[int]]:
    """The keys of a batch and those of its corrections, which are on the same days."""
    return {day: [*of_day, *moved.get(day, ())] for day, of_day in keys.items()}
