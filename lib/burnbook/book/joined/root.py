"""A book whose journals are read together with those of the books that it follows.

The parts of each journal are kept in `cache/followed/parts/` of this book. If they cannot be kept,
they are built in memory, for this process alone.
"""

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BufferedReader

import msgspec

from burnbook.base.errors import Busy, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.book.joined import parts as joined_parts
from burnbook.book.joined import reader
from burnbook.book.joined.parts import Look, Parts

STORE = "cache/followed/book.sqlite"
_PARTS = "cache/followed/parts"
_OWN = ""  # this book, among those of a joined journal
_WAIT = 1.0  # seconds for another reader that extends the parts: it takes milliseconds
_MISSING = "so its rows are missing here"


class JoinedRoot(str):
    """The directory of a book, of which readers see the rows of the followed books as well.

    As text it is the directory of this book: state, salt and locks are those of this book, and so
    are the files that are written. `declared` are the directories of the followed books; `sources`
    are those that can be read. `faults` says why the others cannot, by their directories.
    """

    declared: tuple[str, ...]
    sources: tuple[str, ...]
    faults: dict[str, str]

    def __new__(cls, root: str, declared: Sequence[str]) -> "JoinedRoot":
        """Looks at each followed book, and opens none of its journals."""
        joined = super().__new__(cls, root)
        joined.declared, joined.faults, joined._paths = tuple(declared), {}, {}
        sources, seen = [], {_identity(root)}
        for source in declared:
            fault = _fault(source)
            if fault is None and _identity(source) in seen:
                fault = f"{source} is followed twice, or is this book; its rows are read once"
            if fault is None:
                sources.append(source)
                seen.add(_identity(source))
            else:
                joined.faults[source] = fault
        joined.sources = tuple(sources)
        return joined

    def reopened(self) -> "JoinedRoot":
        """The same books as they are now."""
        return JoinedRoot(str(self), self.declared)

    def path(self, name: str) -> "JoinedPath":
        """Returns the path of a joined journal."""
        if name not in self._paths:
            self._paths[name] = JoinedPath(self, f"{name}.jsonl")
        return self._paths[name]

    def has_journal(self) -> bool:
        """Whether this book or a followed one has a journal."""
        return any(_has_journal(root) for root in (str(self), *self.sources))

    _paths: "dict[str, JoinedPath]"


class JoinedPath(RootedPath):
    """A journal of this book and of the followed ones. As a path, it is that of this book."""

    root: JoinedRoot
    generation: str
    is_shared: bool

    def __new__(cls, root: JoinedRoot, name: str) -> "JoinedPath":
        """Opens the journals that exist. Raises IOFault if that of this book cannot be read."""
        path = super().__new__(cls, root, name)
        own, folder = str(root), RootedPath(str(root), _PARTS)
        path._paths = {_OWN: RootedPath(own, name)}
        path._paths |= {source: RootedPath(source, name) for source in root.sources}
        path._file = folder / f"{name.removesuffix('.jsonl').replace('/', '.')}.json"
        path._looks = path._first_looks()
        path._parts, path.is_shared = path._first_parts()
        path.generation = path._parts.generation
        return path

    def size(self) -> int:
        """Returns the bytes of the whole lines of all books, as they are now. Raises IOFault."""
        return self._current().starts()[-1]

    def reader(self, start: int) -> "BufferedReader[reader.JoinedFile]":
        """Returns the joined journal as a file at an offset. Raises IOFault."""
        return reader.open_joined(self._current(), self._paths, start)

    def at(self, spans: Sequence[tuple[int, int]]) -> list[bytes]:
        """Returns the bytes at each (offset, length). Raises OSError and IOFault."""
        return reader.read_spans(self._parts, self._paths, spans)

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
    _file: RootedPath
    _looks: Mapping[str, Look]
    _parts: Parts

    def _first_looks(self) -> dict[str, Look]:
        looks = {}
        for root, path in list(self._paths.items()):
            try:
                looks[root] = _look(path)
            except (OSError, IOFault) as error:
                sentence = str(error)
                if isinstance(error, OSError):
                    sentence = os_sentence(f"cannot read {path.last}", error)
                if root == _OWN:
                    raise IOFault(sentence) from None
                self.root.faults[root] = f"{sentence}, {_MISSING}"
                del self._paths[root]
        return looks

    def _first_parts(self) -> tuple[Parts, bool]:
        """The parts, and whether other processes have the same."""
        saved = self._saved()
        parts = self._updated(saved, self._looks)
        if parts == saved or not parts.parts:
            return parts, True
        try:
            if not os.path.isdir(self.root) or os.stat(self.root).st_uid != os.geteuid():
                raise PermissionError("a reader creates no book, and nothing in that of others")
            self._file.parent.make_folder()
            with lock.folder_lock(self._file.parent, _WAIT):
                parts = self._updated(self._saved(), self._looks)
                self._save(parts)
            return parts, True
        except (OSError, IOFault, Busy):
            alone = msgspec.structs.replace(parts, generation=os.urandom(8).hex())
            return alone, False

    def _current(self) -> Parts:
        """The parts with what was appended since. Offsets that were read before stay valid."""
        looks = dict(self._looks)
        for root in looks:
            try:
                looks[root] = _look(self._paths[root])
            except (OSError, IOFault):
                continue  # it is as it was, until a read of it fails
        if looks != self._looks:
            with suppress(OSError, IOFault, Busy):  # the next command has these rows
                self._extend(looks)
        return self._parts

    def _extend(self, looks: Mapping[str, Look]) -> None:
        """Adds what was appended. Parts of another generation are for the next command."""
        if self.is_shared:
            with lock.folder_lock(self._file.parent, _WAIT):
                parts = self._updated(self._saved(), looks)
                if parts.generation == self.generation:
                    self._save(parts)
        else:
            parts = self._updated(self._parts, looks)
        if parts.generation == self.generation:
            self._parts = parts
        self._looks = looks

    def _updated(self, saved: Parts | None, looks: Mapping[str, Look]) -> Parts:
        try:
            return joined_parts.updated(saved, looks, self._paths)
        except OSError as error:
            raise IOFault(os_sentence("cannot read a journal", error)) from None

    def _saved(self) -> Parts | None:
        try:
            return joined_parts.decode(self._file.read())
        except OSError:
            return None

    def _save(self, parts: Parts) -> None:
        self._file.replace(msgspec.json.encode(parts), durable=False)


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


def _fault(source: str) -> str | None:
    """Why a followed book cannot be read; None if it can."""
    try:
        mode = os.lstat(source).st_mode
        if stat.S_ISLNK(mode):
            return f"{source} is a symbolic link, {_MISSING}; follow the directory that it names"
        if not stat.S_ISDIR(mode):
            return f"{source} is not a directory, {_MISSING}; correct `sources` in books.toml"
        if not _has_journal(source):
            return f"{source} has no journal; correct `sources` in books.toml if it is no book"
    except FileNotFoundError:
        return f"{source} does not exist, {_MISSING}; mount it or correct `sources` in books.toml"
    except OSError as error:
        return f"{os_sentence('cannot read a followed book', error)}, {_MISSING}"
    return None


def _has_journal(root: str) -> bool:
    try:
        return any(name.endswith(".jsonl") for name in os.listdir(root))
    except FileNotFoundError:
        return False


def _identity(root: str) -> tuple[int, int] | None:
    try:
        status = os.stat(root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
