"""Changes the files of a book: journals while others append, and what is beside them."""

from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec
from xxhash import xxh3_64

from burnbook.base.errors import Busy
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal, lock, quarantine
from burnbook.book.quarantine import Kept
from burnbook.book.recovery import heal
from burnbook.repair.rewrite import Edit, Edited

Change = Callable[[bytes], bytes]
_UNDER_LOCK = 4 << 20  # bytes that may be changed with the lock held: tens of milliseconds
_decode_kept = msgspec.json.Decoder(Kept).decode


class Lines:
    """The changes of the lines of one file: `count` so far, and `digest`, a hash of their ids."""

    def __init__(self, path: RootedPath, change: Change) -> None:
        self._path, self._change = path, change
        self.count = 0
        self._ids = xxh3_64()

    @property
    def digest(self) -> str:
        """XXH3 of the ids of the changed rows. A repeated call has the same one."""
        return self._ids.hexdigest()

    def edits(self, start: int, end: int) -> Iterator[Edit]:
        """Yields an edit for each line from byte `start` to `end` that changes."""
        for offset, line in journal.lines(self._path, start):
            if offset >= end:
                return
            changed = self._change(line)
            if changed != line:
                self.count += 1
                self._ids.update((quarantine.id_of(line) or "?").encode())
                yield Edit(offset, len(line), changed)


def count_lines(path: RootedPath, change: Change) -> int:
    """Returns how many lines of a file would change."""
    return sum(change(line) != line for _, line in journal.lines(path))


class Recorder(Protocol):
    """Records the change of a journal."""

    def begin(self, changed: int) -> None:
        """Gets the descriptor of the changed file, before anything is written to it."""

    def read(self) -> None:
        """Reads what was written to the changed file. Called without the lock."""

    def announce(self, lines: Lines) -> None:
        """Records what is changed, with the lock held, before the file gets its name."""

    def finish(self) -> None:
        """Called with the lock held, when the changed file is complete."""


def change_lines(root: str, path: RootedPath, change: Change, recorder: Recorder | None) -> int:
    """Changes the lines of a journal, or of a file beside one. Returns how many.

    The file is copied without the lock; with it, only what was appended meanwhile. The old file is
    not kept.
    """
    lines = Lines(path, change)
    name = path.name.removesuffix(".jsonl")
    is_journal = name != path.name
    with lock.book_lock(root):
        if is_journal:
            heal(root, name)
        end = journal.size(path)
    if not end:
        return 0
    with Edited(path, lines.edits(0, end)) as edited:
        if edited.next is None:
            return 0
        if recorder is not None:
            recorder.begin(edited.target)
        while True:
            edited.copy(end)
            if recorder is not None:
                recorder.read()
            with lock.book_lock(root):
                if is_journal:
                    heal(root, name)
                if not edited.is_of(journal.file_of(path)):
                    raise Busy(f"{path.last} was just replaced by another program; try again")
                size = journal.size(path)
                if size - end <= _UNDER_LOCK:
                    edited.go_on(lines.edits(end, size))
                    edited.copy(size)
                    if recorder is not None:
                        recorder.announce(lines)
                        edited.copy(journal.size(path))  # in the anomalies, includes the new one
                        recorder.finish()
                    edited.replace()
                    return lines.count
            edited.go_on(lines.edits(end, size))
            end = size


def of_quarantine(change: Change) -> Change:
    """The change of a quarantine, of the bytes in its entries."""

    def changed(entry_line: bytes) -> bytes:
        try:
            entry = _decode_kept(entry_line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return change(entry_line)
        if entry.base64 is None:
            return entry_line
        line = change(entry.base64)
        if line == entry.base64:
            return entry_line
        return msgspec.json.encode(msgspec.structs.replace(entry, base64=line)) + b"\n"

    return changed


def remove(path: RootedPath) -> None:
    """Removes a file durably."""
    path.unlink()
    path.parent.sync()
