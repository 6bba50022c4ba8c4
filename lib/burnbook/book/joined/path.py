"""A journal of this book and of the followed ones.

Its parts are kept in `cache/followed/parts/` of this book. If they cannot be kept, they are built
in memory, for this process alone.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader

import msgspec

from burnbook.base.errors import Busy, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.book.joined import MISSING, reader
from burnbook.book.joined import parts as joined_parts
from burnbook.book.joined.parts import Look, Parts

_PARTS = "cache/followed/parts"
_OWN = ""  # this book, among those of a joined journal
_WAIT = 1.0  # seconds for another reader that extends the parts: it takes milliseconds
_WAIT_AGAIN = 0.05  # where the rows can wait for the next command


class JoinedPath(RootedPath):
    """A journal of this book and of the followed ones. As a path, it is that of this book."""

    is_shared: bool

    @classmethod
    def of(
        cls, root: str, name: str, sources: Sequence[str], faults: dict[str, str]
    ) -> "JoinedPath":
        """Opens the journals of this book (`root`) and of others (`sources`), if they exist.

        Those of others that cannot be read are left out, and `faults` says why. Raises IOFault if
        that of this book cannot be read.
        """
        path = cls(root, name)
        path._paths = {_OWN: RootedPath(root, name)}
        path._paths |= {source: RootedPath(source, name) for source in sources}
        path._file = RootedPath(root, f"{_PARTS}/{name.removesuffix('.jsonl')}.json")
        path._faults = faults
        path._looks, path._parts, path.is_shared = {}, Parts(""), True
        path._open_each()
        path._parts = path._first_parts()
        return path

    @property
    def generation(self) -> str:
        """Changes with the offsets of rows; empty if there are none."""
        return self._parts.generation

    def size(self) -> int:
        """Returns the bytes of the whole lines of all books, as they are now. Raises IOFault."""
        return self._current().starts()[-1]

    def reader(self, start: int) -> "BufferedReader[reader.JoinedFile]":
        """Returns the joined journal as a file at an offset. Raises IOFault."""
        return reader.open_joined(self._current(), self._paths, start)

    def at(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Returns the bytes at each (offset, length). Raises IOFault."""
        try:
            return reader.read_spans(self._parts, self._paths, spans)
        except OSError as error:
            raise IOFault(os_sentence("cannot read the book", error)) from None

    def find(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Returns the first line of each id that has one. It reads the whole journal."""
        starts = {row_id: b'"id":"%b","schema_version"' % row_id.encode() for row_id in ids}
        lines = {}
        with self.reader(0) as file:
            for line in file:
                for row_id in [row_id for row_id, start in starts.items() if start in line]:
                    del starts[row_id]
                    lines[row_id] = line
        return lines

    _paths: dict[str, RootedPath]
    _faults: dict[str, str]
    _file: RootedPath
    _looks: dict[str, Look]
    _parts: Parts

    def _open_each(self) -> None:
        """Leaves out the journals of other books that cannot be opened."""
        for root, path in list(self._paths.items()):
            try:
                self._looks[root] = _look(path)
            except (OSError, IOFault) as error:
                sentence = str(error)
                if isinstance(error, OSError):
                    sentence = os_sentence(f"cannot read {path.last}", error)
                if root == _OWN:
                    raise IOFault(sentence) from None
                self._faults[root] = f"{sentence}, {MISSING}"
                del self._paths[root]

    def _first_parts(self) -> Parts:
        saved = self._saved()
        parts = self._updated(saved)
        if parts == saved or not parts.parts:
            return parts
        shared = self._shared(_WAIT)
        if shared is not None:
            return shared
        self.is_shared = False
        return msgspec.structs.replace(parts, generation=os.urandom(8).hex())

    @contextmanager
    def _locked(self, wait: float) -> Iterator[None]:
        """Holds the lock of the kept parts. Raises OSError, IOFault or Busy."""
        # A reader creates no book, and nothing in the book of another user.
        if os.stat(self.root).st_uid != os.geteuid():
            raise PermissionError(f"{self.root} belongs to another user")
        self._file.parent.make_folder()
        with lock.folder_lock(self._file.parent, wait):
            yield

    def _current(self) -> Parts:
        """The parts with what was appended since. Offsets that were read before stay valid."""
        if self._look_at_each() != self._looks:
            # Parts that cannot be kept, and those of another generation, are for the next command:
            # other processes would have other offsets.
            parts = self._shared(_WAIT_AGAIN) if self.is_shared else self._updated(self._parts)
            if parts is not None and self._is_usable(parts):
                self._parts = parts
        return self._parts

    def _shared(self, wait: float) -> Parts | None:
        """The kept parts with what was appended; None if they cannot be kept."""
        with suppress(OSError, IOFault, Busy), self._locked(wait):
            parts = self._updated(self._saved())
            if self._is_usable(parts):
                self._save(parts)
            return parts
        return None

    def _is_usable(self, parts: Parts) -> bool:
        """Whether the offsets that this process has seen stay valid."""
        return self._parts.generation in (parts.generation, "")

    def _updated(self, saved: Parts | None) -> Parts:
        """The parts with what the journals have now.

        They are looked at after the parts were read: those may have rows that an earlier look did
        not see.
        """
        self._looks = self._look_at_each()
        try:
            return joined_parts.updated(saved, self._looks, self._paths)
        except OSError as error:
            raise IOFault(os_sentence("cannot read a journal", error)) from None

    def _look_at_each(self) -> dict[str, Look]:
        looks = {}
        for root, path in self._paths.items():
            try:
                looks[root] = _look(path)
            except (OSError, IOFault):
                # It is as it was, until a read of it fails.
                looks[root] = self._looks[root]
        return looks

    def _saved(self) -> Parts | None:
        try:
            return joined_parts.decode(self._file.read())
        except OSError:
            return None

    def _save(self, parts: Parts) -> None:
        self._file.replace(joined_parts.encode(parts), durable=False)


def _look(path: RootedPath) -> Look:
    """The size and time of a journal, which is opened; zeros if it does not exist."""
    try:
        handle = path.open(os.O_RDONLY)
    except FileNotFoundError:
        return Look(0, 0)
    try:
        status = os.fstat(handle)
    finally:
        os.close(handle)
    return Look(status.st_size, status.st_mtime_ns)
