"""`forget`: changes every file of a book that has the subject, in an order that can be repeated.

The files from which the subject is collected come last: `agent_usage.jsonl` and `snapshots.jsonl`.
So a call after a killed one changes what is left. The cache is deleted at the end.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import msgspec

from burnbook.archive.forget.files import (
    Change,
    Recorder,
    change_lines,
    count_lines,
    of_quarantine,
    remove,
)
from burnbook.archive.forget.recording import REWRITES, JournalRecorder
from burnbook.archive.forget.rows import RowChanges
from burnbook.base.errors import Busy, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal, lock
from burnbook.book.joined.root import JoinedRoot
from burnbook.book.recovery import heal
from burnbook.check import directory, journals
from burnbook.context import Context
from burnbook.repair import derived, rows
from burnbook.store import old_caches

_LAST = ("agent_usage", "snapshots")
_PAGES = ("raw/", "captures/", "crontabs/", "state/")


class Done(msgspec.Struct):
    """What was changed, or would be: rows by journal, files by name, and what stays.

    `copies` counts changed lines of files beside journals, such as quarantines. `newer` counts rows
    of a newer version that have the subject and are never changed.
    """

    rows: Counter[str] = msgspec.field(default_factory=Counter)
    copies: Counter[str] = msgspec.field(default_factory=Counter)
    changed: list[str] = []
    removed: list[str] = []
    newer: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the book has the subject, apart from the cache."""
        return not (self.rows or self.copies or self.changed or self.removed)


def look(ctx: Context, changes: RowChanges) -> Done:
    """Returns what `forget` would change. Changes nothing."""
    return _Forgetting(ctx, changes, is_dry=True).run()


def forget(ctx: Context, changes: RowChanges) -> Done:
    """Changes the book. Raises IOFault, and Busy if another program uses the cache for long."""
    return _Forgetting(ctx, changes, is_dry=False).run()


class _Forgetting:
    def __init__(self, ctx: Context, changes: RowChanges, *, is_dry: bool) -> None:
        self.ctx, self.root, self.changes, self.is_dry = ctx, ctx.book.root, changes, is_dry
        self.done = Done()

    def run(self) -> Done:
        try:
            if self.is_dry:
                self._all()
            else:
                with rows.repair_lock(self.ctx.book):
                    self._remove_leftovers()
                    self._all()
                    self._delete_cache()
        except OSError as error:
            raise IOFault(os_sentence("cannot change the book", error)) from None
        self.done.newer = self.changes.newer
        return self.done

    def _all(self) -> None:
        if not self.is_dry:
            with lock.book_lock(self.root):
                for name in codec.JOURNALS:
                    heal(self.root, name)
        names = [name for name in journals.names(self.root) if name != REWRITES]
        for name in names:
            self._beside(name)
        for file in self._files():
            self._file(file)
        for name in (*(n for n in names if n not in _LAST), *_LAST):
            self._journal(name)

    def _journal(self, name: str) -> None:
        path = journal.path_of(self.root, name)
        change = partial(self.changes.line, name)
        count = self._lines(path, change, JournalRecorder(self.root, name))
        if count:
            self.done.rows[name] = count

    def _beside(self, name: str) -> None:
        """Copies from before a repair, unfinished rows, and the quarantine of a journal."""

        change = partial(self.changes.line, name)
        path = journal.path_of(self.root, name)
        for other in path.parent.names():
            if other.startswith(f"{path.last}.") and directory.is_kept((path.parent / other).name):
                is_quarantine = other.endswith(".quarantine")
                changed = of_quarantine(change) if is_quarantine else change
                count = self._lines(path.parent / other, changed, None)
                if count:
                    self.done.copies[(path.parent / other).name] = count

    def _lines(self, path: RootedPath, change: Change, recorder: Recorder | None) -> int:
        if self.is_dry:
            return count_lines(path, change)
        return change_lines(self.root, path, change, recorder)

    def _files(self) -> Iterator[str]:
        """Panes, captures, crontabs, states and cursors; and what is known of agents' logs."""
        for name, is_own in directory.all_files(self.root):
            if is_own and (name.startswith(_PAGES) or name.endswith(".sources")):
                yield name

    def _file(self, name: str) -> None:
        path = RootedPath(self.root, name)
        data = path.read() or b""
        is_pane = name.startswith("raw/")
        if is_pane and name[len("raw/") : -len(".txt")] in self.changes.subject.snapshots:
            is_removed = True
        elif not self.changes.texts.are_in(data):
            return
        else:
            # Without it, the agent's logs are read again; their requests are duplicates.
            is_removed = name.startswith("cache/")
        (self.done.removed if is_removed else self.done.changed).append(name)
        if self.is_dry:
            return
        if is_removed:
            remove(path)
        else:
            path.replace(self.changes.texts.replaced_bytes(data))

    def _remove_leftovers(self) -> None:
        """Removes what killed commands left: copies of journals, with every text in them."""
        for finding in directory.check_directory(self.root):
            if finding.kind == "left-over":
                derived.remove_leftover(RootedPath(self.root, finding.file))

    def _delete_cache(self) -> None:
        old_caches.remove(self.root)
        of_several = self.ctx.store.reopened(JoinedRoot(self.root, ()))
        if not all(store.delete(lock.WAIT_SECONDS) for store in (self.ctx.store, of_several)):
            raise Busy(
                "the rows are changed, but another command uses the cache, which may still have "
                "the texts; end `watch` and `serve`, and run forget again"
            )
