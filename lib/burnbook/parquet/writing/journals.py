"""Exports what is new of one journal."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

import pyarrow as pa

from burnbook.base.errors import Busy
from burnbook.book import codec, journal
from burnbook.parquet.columns import Columns, partitions_of
from burnbook.parquet.manifest import Exported, File, folder_of, kind_of
from burnbook.parquet.parts import Writers
from burnbook.parquet.writing.prefix import Prefix
from burnbook.parquet.writing.repeats import repeats, stored_repeats
from burnbook.store.store import Store
from burnbook.telemetry.projection import JOURNAL as TELEMETRY
from burnbook.telemetry.projection import telemetry
from burnbook.view.progress import Progress

_BATCH = 4 << 20  # bytes of lines that become a record batch
_VERSION = 1  # of the columns that are not derived from the row types


class Step:
    """The export of one journal. `was` is what the folder has of it."""

    def __init__(self, store: Store, folder: str, name: str, was: Exported) -> None:
        self._store, self._folder, self.name, self.was = store, folder, name, was
        self.path = journal.path_of(store.root, name)
        self.columns = Columns(name)
        self.prefix = Prefix.matching(self.path, was) if was.form == self.form else None
        self.prefix_is_new = self.prefix is None
        tail = journal.torn_tail(self.path)[1]
        self.is_torn, self._end = bool(tail), journal.size(self.path) - len(tail)

    @property
    def form(self) -> str:
        """Changes with the columns: then the whole journal is exported again."""
        return f"{_VERSION}.{codec.SCHEMA_VERSION}.{hash_of(self.columns.schema)}"

    @property
    def is_current(self) -> bool:
        """Whether the folder has every line of the journal."""
        if self.prefix is None:
            return not self._end and not self.was.offset
        return self._end <= self.prefix.offset

    def run(self) -> tuple[Exported, dict[str, File]]:
        """Writes the new lines; returns the state to save and the files. Raises Busy."""
        generation = self.was.generation
        states: Counter[str] = Counter()
        if self.prefix is None:
            self.prefix = Prefix()
            generation += bool(self.was.offset)
        else:
            states.update(self.was.states)
        inode = journal.file_of(self.path)
        start, end = self.prefix.offset, self._end
        if self.name == TELEMETRY:
            database = self._store.view(telemetry(self._store.root))
            select = "SELECT offset FROM projections WHERE name = ?"
            [(read,)] = database.execute(select, [telemetry(self._store.root).name])
            end = min(end, read)
            again = stored_repeats(self.path, database, start, end)
        else:
            again = repeats(self.path, self.name, start, end)
        writers = Writers(self._folder, self._stem(generation), self.columns.schema)
        shown = Progress(f"exporting {self.name}.jsonl", end - start)
        try:
            for offset, lines in self._batches(start, end):
                states.update(self._write(writers, offset, lines, again))
                self.prefix.feed(b"".join(lines))
                shown(self.prefix.offset - offset)
            if journal.file_of(self.path) != inode or journal.size(self.path) < self.prefix.offset:
                raise Busy(f"{self.path} was replaced while it was exported; export again")
            files = writers.finish()
        finally:
            shown.clear()
            writers.discard()
        for file in files.values():
            file.journal = self.name
        state = Exported(
            *(self.prefix.offset, generation, self.form, inode or 0, self.prefix.blocks),
            states=dict(sorted(states.items())),
        )
        return state, files

    def _stem(self, generation: int) -> str:
        feed = f"{self.columns.feed}-" if self.columns.feed else ""
        return f"part-{feed}{generation}"

    def _batches(self, start: int, end: int) -> Iterator[tuple[int, list[bytes]]]:
        """Yields (offset, lines) up to `end`, some thousand lines at a time."""
        waiting: list[bytes] = []
        first = offset = start
        for at, lines in journal.batches(self.path, start):
            if at >= end:
                break
            sizes = list(accumulate(map(len, lines), initial=at))
            if sizes[-1] > end:
                lines = lines[: bisect_right(sizes, end) - 1]
            waiting += lines
            offset = at + sum(map(len, lines))
            if offset - first >= _BATCH:
                yield first, waiting
                waiting, first = [], offset
        if waiting:
            yield first, waiting

    def _write(
        self, writers: Writers, offset: int, lines: list[bytes], again: set[int]
    ) -> Counter[str]:
        """Writes lines to the files of their partitions; returns how many are in each state."""
        ends = list(accumulate(map(len, lines), initial=offset))
        rows = self.columns.rows(lines)
        batch = self.columns.batch(ends[:-1], lines, rows, again)
        for (host, month), numbers in partitions_of(rows).items():
            is_all = len(numbers) == len(lines)
            part = batch if is_all else batch.take(pa.array(numbers, pa.int64()))
            where = folder_of(kind_of(self.name), host, month)
            writers.add(where, part, ends[numbers[0]], ends[numbers[-1] + 1])
        return Counter(batch.column("state").to_pylist())


def hash_of(schema: "pa.Schema") -> str:
    """Returns a short hash of a schema."""
    import zlib

    text = ", ".join(f"{field.name} {field.type}" for field in schema)
    return f"{zlib.crc32(text.encode()):08x}"
