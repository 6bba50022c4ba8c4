"""A disk that forgets: its possible contents after a power cut, from a recorded command.

It keeps what POSIX guarantees and no more. Of a file, it has the bytes of its last fsync, or any
bytes that the file has had since, or a part of them. Of a folder, it has each name as of the last
fsync of the folder, or as of any moment since; an fsync of a file does not keep its name.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from torture.recording import Event, Tree

Names = dict[str, int]
# The key and the bytes of each file by path: links have one key. Folders are not listed.
State = dict[str, tuple[int, bytes]]


class Loose(NamedTuple):
    """A change of which the disk may have any version, oldest first.

    `name` is None for the bytes of the file `key`; else it is a name in the folder `key`.
    """

    key: int
    name: str | None
    forms: tuple[bytes | int | None, ...]


class Disk:
    """The versions of every file and folder. A key identifies an inode while it is in use."""

    def __init__(self, tree: Tree) -> None:
        self.bytes: dict[int, list[bytes]] = {}
        self.names: dict[int, list[Names]] = {}
        self._keys: dict[int, int] = {}
        self._alive: set[int] = set()
        self._see(tree)
        for forms in (*self.bytes.values(), *self.names.values()):
            del forms[:-1]  # type: ignore[attr-defined]

    def take(self, event: Event, *, without: tuple[str, int] | None = None) -> None:
        """Go on by one event; `without` is a line of lib/ whose fsync is left out."""
        _, synced, sites, tree = event
        self._see(tree)
        if synced is not None and without not in sites:
            inode, data = synced
            key = self._keys.get(inode)
            if key in self.names:
                del self.names[key][:-1]
            elif key is not None and data is not None:
                self.bytes[key] = [data]

    def _see(self, tree: Tree) -> None:
        alive = {inode for inode, _ in tree.values()}
        for inode in alive - self._alive:
            self._keys[inode] = len(self.bytes) + len(self.names)  # a file that was not there
            self._new(self._keys[inode], any(i == inode and d is None for i, d in tree.values()))
        self._alive = alive
        folders: dict[str, Names] = {p: {} for p, (_, data) in tree.items() if data is None}
        for path, (inode, data) in tree.items():
            key = self._keys[inode]
            if path:
                above, _, name = path.rpartition("/")
                folders[above][name] = key
            if data is not None and self.bytes[key][-1] != data:
                self.bytes[key].append(data)
        for path, names in folders.items():
            forms = self.names[self._keys[tree[path][0]]]
            if forms[-1] != names:
                forms.append(names)
        self.root = self._keys[tree[""][0]]

    def _new(self, key: int, is_folder: bool) -> None:
        if is_folder:
            self.names[key] = [{}]
        else:
            self.bytes[key] = [b""]

    def loose(self) -> list[Loose]:
        """Everything that a cut at this moment leaves to chance."""
        result = [
            Loose(key, None, tuple(versions))
            for key, versions in self.bytes.items()
            if len(versions) > 1
        ]
        for key, versions in self.names.items():
            for name in sorted({name for names in versions for name in names}):
                forms = tuple(dict.fromkeys(names.get(name) for names in versions))
                if len(forms) > 1 or versions[-1].get(name) != forms[-1]:
                    result.append(Loose(key, name, (*forms, versions[-1].get(name))))
        return result

    def path_of(self, change: Loose) -> str:
        """The path of a change in a version of the folders; empty if it has none."""
        paths = {self.root: ""}
        waiting = [self.root]
        while waiting:
            key = waiting.pop()
            for names in self.names.get(key, ()):
                for name, inner in names.items():
                    if inner not in paths:
                        paths[inner] = f"{paths[key]}/{name}".strip("/")
                        waiting.append(inner)
        if change.key not in paths:
            return ""
        return "/".join(part for part in (paths[change.key], change.name) if part)

    def state(self, choose: Callable[[Loose], bytes | int | None]) -> State:
        """The files after a cut where each loose thing has the form that `choose` gives it."""
        chosen = {(change.key, change.name): choose(change) for change in self.loose()}
        result: State = {}

        def walk(key: int, path: str, above: tuple[int, ...]) -> None:
            if key in self.bytes:
                data = chosen.get((key, None), self.bytes[key][-1])
                assert isinstance(data, bytes)
                result[path] = key, data
            elif key not in above:  # two moves, of which one was forgotten, can make a ring
                every = {name for names in self.names[key] for name in names}
                for name in every:
                    inner = chosen.get((key, name), self.names[key][-1].get(name))
                    if isinstance(inner, int):
                        walk(inner, f"{path}/{name}".strip("/"), (*above, key))

        walk(self.root, "", ())
        return result

    def states(self) -> Iterator[tuple[str, State]]:
        """Possible contents after a cut at this moment: a bounded choice, the worst first."""
        yield "all forgotten", self.state(oldest)
        yield "names without bytes", self.state(lambda o: newest(o) if o.name else oldest(o))
        yield "names and zeros", self.state(lambda o: newest(o) if o.name else zeros(o))
        yield "names and half", self.state(lambda o: newest(o) if o.name else half(o))
        yield "bytes without names", self.state(lambda o: oldest(o) if o.name else newest(o))
        yield "all kept", self.state(newest)
        for change in self.loose():
            what = change.name or "bytes"
            for form in change.forms[:-1]:
                yield f"{what} forgotten", self.state(_all_but(change, form, newest))
            yield f"{what} alone kept", self.state(_all_but(change, change.forms[-1], oldest))
            if change.name is None:
                yield "zeros, the rest kept", self.state(_all_but(change, zeros(change), newest))


def oldest(change: Loose) -> bytes | int | None:
    """As at the last fsync."""
    return change.forms[0]


def newest(change: Loose) -> bytes | int | None:
    """As the process saw it."""
    return change.forms[-1]


def zeros(change: Loose) -> bytes:
    """The new length, with zeros for unwritten bytes."""
    old, new = change.forms[0], change.forms[-1]
    assert isinstance(old, bytes) and isinstance(new, bytes)
    same = _same(old, new)
    return new[:same] + bytes(len(new) - same)


def half(change: Loose) -> bytes:
    """Half of the unwritten bytes."""
    old, new = change.forms[0], change.forms[-1]
    assert isinstance(old, bytes) and isinstance(new, bytes)
    same = _same(old, new)
    return new[: same + (len(new) - same) // 2]


def _same(old: bytes, new: bytes) -> int:
    """How many bytes both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _all_but(
    this: Loose, form: bytes | int | None, rest: Callable[[Loose], bytes | int | None]
) -> Callable[[Loose], bytes | int | None]:
    return lambda change: form if change == this else rest(change)


def played(log: Iterable[Event], without: tuple[str, int] | None = None) -> Iterator[Disk]:
    """The disk after each event of a log. It is one disk, which goes on with the next event."""
    events = iter(log)
    disk = Disk(next(events)[3])
    for event in events:
        disk.take(event, without=without)
        yield disk
