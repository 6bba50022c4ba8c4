"""Merges the journals and saved panes of other books into this one.

A line that this book does not have is appended as it is, journal by journal, in the order of its
source. So a row always comes after the row that it supersedes, and the rows of one host keep their
order. A merge that is killed leaves the beginning of its lines; the next one adds the rest.
"""

import os
from collections.abc import Callable, Iterable, Sequence

import msgspec

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.merging import lines as line_forms
from burnbook.merging.other_book import OtherBook, panes
from burnbook.merging.own_journal import OwnJournal
from burnbook.rows.meters import NewerRow

_CHUNK = 1 << 20  # bytes of an append: a few ms of writing, and one fsync
_MOST_IDS = 1000  # conflicts whose rows are listed, of each journal
_MAX_PANE = 1 << 20  # bytes, as `snapshot` accepts
_PANE = ".txt"


class Counts(msgspec.Struct):
    """What was done with the rows of one book. `hosts` maps each host to its newest row's moment.

    `corrupt` has the number of corrupt lines by journal, `tails` the journals with an unterminated
    last line: none of these are merged.
    """

    book: str
    added: int = 0
    duplicates: int = 0
    conflicts: int = 0
    newer: int = 0
    panes: int = 0
    corrupt: dict[str, int] = {}
    tails: list[str] = []
    hosts: dict[str, str] = {}
    unknown: Sequence[str] = ()


class Merged(msgspec.Struct):
    """The counts of each book; by journal the ids of rows in conflict, at most 1,000."""

    books: list[Counts]
    conflicts: dict[str, list[str]] = {}


def merge(
    root: str,
    others: Sequence[tuple[str, OtherBook]],
    shown: Callable[[int], None],
    *,
    dry_run: bool = False,
) -> Merged:
    """Merges books, each with the name to show. `shown` gets the bytes that were read.

    Rows are durable when it returns. Raises IOFault and Busy; what was merged until then stays.
    """
    merged = Merged([Counts(name, unknown=other.unknown) for name, other in others])
    seed = int.from_bytes(os.urandom(8), "big")
    # Every book has the journals in the same order, in which rows that others name come first.
    names = dict.fromkeys(name for _, other in others for name in other.ends)
    for name in names:
        if not any(other.ends.get(name) for _, other in others):
            continue
        own = OwnJournal(root, name, seed, dry_run=dry_run)
        for counts, (_, other) in zip(merged.books, others, strict=True):
            _Journal(own, counts, merged.conflicts).add(other, shown)
    if not dry_run:
        for counts, (_, other) in zip(merged.books, others, strict=True):
            counts.panes = _copy_panes(root, other.root)
    return merged


class _Journal:
    """Adds one journal of one book."""

    def __init__(self, own: OwnJournal, counts: Counts, conflicts: dict[str, list[str]]) -> None:
        self._own, self._counts = own, counts
        self._conflicts = conflicts
        self._pending: dict[int, bytes] = {}
        self._size = 0
        self._newest: dict[bytes, bytes] = {}

    def add(self, other: OtherBook, shown: Callable[[int], None]) -> None:
        """Adds every line that this book does not have."""
        name, counts = self._own.name, self._counts
        for batch in other.batches(name):
            shown(sum(map(len, batch)))
            lines = line_forms.plain(batch)
            self._note_hosts(lines)
            new = self._own.new(lines)
            rows = line_forms.rows(name, [*new.values()])
            count = len(self._pending)
            for (key, line), row in zip(new.items(), rows, strict=True):
                if row is not None and key not in self._pending:
                    self._pending[key] = line
                    self._size += len(line)
            count = len(self._pending) - count
            corrupt = rows.count(None)
            if corrupt:
                counts.corrupt[name] = counts.corrupt.get(name, 0) + corrupt
            counts.duplicates += len(lines) - corrupt - count
            counts.newer += sum(isinstance(row, NewerRow) for row in rows)
            if self._size >= _CHUNK:
                self._append()
        self._append()
        self._count_hosts()
        if other.ends.get(name) and journal.torn_tail(journal.path_of(other.root, name))[1]:
            counts.tails.append(name)

    def _append(self) -> None:
        name, counts = self._own.name, self._counts
        if self._pending:
            added, again = self._own.append(self._pending)
            counts.added += added
            counts.duplicates += len(self._pending) - added
            counts.conflicts += len(again)
            ids = self._conflicts.setdefault(name, []) if again else []
            ids += [os.fsdecode(line_forms.id_of(line)) for line in again[: _MOST_IDS - len(ids)]]
        self._pending, self._size = {}, 0

    def _note_hosts(self, lines: Iterable[bytes]) -> None:
        newest = self._newest
        for line in lines:
            stamps = line_forms.stamps(line)
            if stamps is not None and stamps[0] > newest.get(stamps[1], b""):
                newest[stamps[1]] = stamps[0]

    def _count_hosts(self) -> None:
        hosts = self._counts.hosts
        for host, recorded_at in self._newest.items():
            name = host.decode("utf-8", "replace")
            hosts[name] = max(hosts.get(name, ""), recorded_at.decode("utf-8", "replace"))


def _copy_panes(root: str, other: str) -> int:
    """Copies the saved panes of snapshots of this book that it lacks. Returns how many."""
    try:
        lacking = {*panes(other)} - {*panes(root)}
        if not lacking:
            return 0
        ids = _ids(journal.path_of(root, "snapshots"))
        count = 0
        for name in sorted(lacking):
            if name.removesuffix(_PANE) in ids and name.endswith(_PANE):
                count += _copy_pane(
                    RootedPath(other, f"raw/{name}"), RootedPath(root, f"raw/{name}")
                )
        return count
    except OSError as error:
        raise IOFault(os_sentence("cannot copy a saved pane", error)) from None


def _copy_pane(source: RootedPath, target: RootedPath) -> bool:
    status = source.status()
    if status is None or status.st_size > _MAX_PANE:
        return False
    data = source.read()
    if data is None:
        return False
    target.replace(data)
    return True


def _ids(path: RootedPath) -> set[str]:
    return {
        os.fsdecode(line_forms.id_of(line))
        for _, lines in journal.batches(path)
        for line in line_forms.plain(lines)
    }
