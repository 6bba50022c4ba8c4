"""A book: one data directory with its journals."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal, lock, precedence
from burnbook.book.recovery import heal
from burnbook.rows.meters import NewerRow, Row
from burnbook.rows.skipped import Passed

Build = Callable[[], Sequence[tuple[str, Row]]]


class Booked(NamedTuple):
    """A row, and whether this call wrote it (False: it was there already)."""

    row: Row
    is_new: bool


class RowIndex(Protocol):
    """Finds rows by id, so that `commit` adds no row twice."""

    def prepare(self) -> None:
        """Reads without the lock what `find` would otherwise have to read with it."""

    def find(self, name: str, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Returns the lines of a journal that have one of these ids. Call it with the lock held."""


class Book:
    """The journals of one data directory. Reading creates nothing; only `commit` writes.

    If `root` is a `JoinedRoot`, `rows` are those of the followed books as well.
    """

    def __init__(self, root: str, row_index: RowIndex | None = None) -> None:
        self.root = root
        self._own_root = str(root)  # without the books that it follows
        self._row_index = row_index  # None: the whole journal is searched
        self._skipped: dict[str, Passed] = {}
        if os.path.exists(root) and not os.path.isdir(root):
            raise IOFault(f"book {root} is not a directory")

    def rows(self, name: str) -> list[Any]:
        """Every valid row of a small journal, each id once; the others count as skipped.

        The rows are in the order of recording, so that it does not matter in which order books
        were merged; a row always comes after the row that it supersedes. Of rows with the same id
        and different bytes, the one recorded first counts.
        """
        rows: dict[str, tuple[Any, bytes]] = {}
        skipped = self._skipped[name] = Passed()
        for _, line in journal.lines(journal.path_of(self.root, name)):
            row = codec.read(name, line)
            if row is None or isinstance(row, NewerRow):
                skipped.miss(row)
                continue
            other = rows.setdefault(row.id, (row, line))
            if other[0] is row:
                continue
            line, other_line = codec.plain(line), codec.plain(other[1])
            if line == other_line:
                skipped.duplicates += 1
            elif precedence.rank(row, line) < precedence.rank(other[0], other_line):
                rows[row.id] = row, line
        return precedence.in_order(row for row, _ in rows.values())

    @property
    def skipped(self) -> dict[str, Passed]:
        """By journal, the lines that were read and not counted."""
        return self._skipped

    def commit(
        self,
        build: Build,
        wait: float = lock.WAIT_SECONDS,
        then: Callable[[Sequence[Booked]], None] | None = None,
    ) -> list[Booked]:
        """Add (journal, row) pairs, all or none, each id once; wait for the lock.

        `build` runs with the lock held, so that its decisions are still right when its rows are
        written. The rows are durable when `commit` returns. `then` runs after they are, still
        with the lock held.
        """
        if self._row_index is not None:
            self._row_index.prepare()
        with lock.book_lock(self._own_root, wait):
            for name in codec.JOURNALS:
                heal(self._own_root, name)
            booked = self._known(build())
            self._append([(name, row) for name, (row, is_new) in booked if is_new])
            entries = [entry for _, entry in booked]
            if then is not None:
                then(entries)
        return entries

    def raw_path(self, row_id: str) -> RootedPath:
        """Where the pane of a snapshot is kept."""
        return RootedPath(self.root, f"raw/{row_id}.txt")

    def _known(self, rows: Sequence[tuple[str, Row]]) -> list[tuple[str, Booked]]:
        """Each row as it is in the book: the first row with its id, if there is one."""
        present: dict[str, dict[str, Row | None]] = {}
        for name in {name for name, _ in rows}:
            ids = [row.id for journal_name, row in rows if journal_name == name]
            if self._row_index is not None:
                lines = self._row_index.find(name, ids)
            else:
                lines = journal.find(journal.path_of(self._own_root, name), ids)
            present[name] = {row_id: self._row(name, line) for row_id, line in lines.items()}
        booked = []
        for name, row in rows:
            is_new = row.id not in present[name]
            booked.append((name, Booked(present[name].setdefault(row.id, row) or row, is_new)))
        return booked

    def _row(self, name: str, line: bytes) -> Row | None:
        """A row that is in the book; None if a newer version wrote it."""
        try:
            row: Row = codec.decode(name, line)
        except codec.Newer:
            return None
        return row

    def _append(self, rows: Sequence[tuple[str, Row]]) -> None:
        lines: dict[str, list[bytes]] = {}
        for name, row in rows:
            lines.setdefault(name, []).append(codec.encode(row))
        if lines:
            batch = {name: b"".join(of_journal) for name, of_journal in lines.items()}
            journal.append(self._own_root, batch)
