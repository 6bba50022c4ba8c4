"""Which rows of a large journal are there already: 64-bit keys, one file a day, in `cache/`.

A row's key is a hash of what makes it the same row, and its day is a part of that, so a key is
looked for in the file of its day alone. Derived: `head` says up to which byte of the journal
the keys are known and how many keys each day has. What stands beyond that in a file does not count;
what the journal has beyond it is read again.
"""

import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.bulk_codec import key_of

# A day with more keys than this is searched in its file rather than held in memory.
_HELD_DAY = 500_000
_HELD_ALL = 600_000
_COLD_ALL = 6_000_000  # in order, eight bytes each
_FEW = 20  # a batch that is a twentieth of a day, or more, is worth holding the day for
_EMPTY = array("Q")
_WIDTH = 8
_PART = 1 << 16  # keys read at a time
_CATCH_UP = 1 << 24  # bytes of the journal taken in at a time
_MARK = 64
FILE = re.compile(r"head|all|\d{4}-\d\d-\d\d")  # the names in the directory of an index

Read = Callable[[bytes], tuple[str, int] | None]


class Head(msgspec.Struct):
    """How much of a journal an index covers: `mark` is what stands before `offset` in it."""

    form: str = ""
    offset: int = 0
    mark: bytes = b""
    days: dict[str, int] = {}


def forget(folder: RootedPath) -> None:
    """Remove the files of an index; what else is in its directory stays."""
    for name in folder.names():
        if FILE.fullmatch(name):
            (folder / name).unlink()


class Keys:
    """The keys of one journal. `read` gives (day, key) of a line of it, or None for a bad one.

    Call `known` and `add` with the book's lock held, `catch_up` first.
    """

    def __init__(self, root: str, name: str, form: str, read: Read) -> None:
        self.path = journal.path_of(root, name)
        self.folder = RootedPath(root, f"cache/{name}.keys")
        self.form, self.read = form, read
        self.head = Head(form)
        self.held: dict[str, set[int]] = {}
        self.cold: dict[str, array[int]] = {}
        self.asked: dict[str, int] = {}
        self.ready: tuple[int, int, bytes, dict[str, array[int]]] | None = None

    def prepare(self) -> None:
        """Read without the lock what the first `catch_up` would else have to read with it.

        That is much where the cache was deleted, and where a repair put another journal in place.
        Nothing is written: without the lock another writer may be at the same files.
        """
        told = self._told()
        if self.head.offset and told is not None and told.offset >= self.head.offset:
            return
        start = told.offset if told and not self.head.offset else 0
        if journal.size(self.path) - start < _CATCH_UP:
            return
        ready: dict[str, array[int]] = {}
        end = start
        for found, end in self._unread(start):  # noqa: B007 - the last one counts
            for day, keys in found.items():
                ready.setdefault(day, array("Q")).extend(keys)
        self.ready = start, end, self._mark(end), ready

    def catch_up(self) -> None:
        """Take in what other writers, or a writer that died, appended since."""
        told = self._told()
        if told is None or told.offset < self.head.offset:
            self.head, self.held = Head(self.form), {}
            self.cold, self.asked = {}, {}
            forget(self.folder)
        else:
            self._follow(told)
        if self.ready is not None:
            start, end, mark, ready = self.ready
            # A row that was seen may have been rolled back: what was read last must still be there.
            if start == self.head.offset and mark == self._mark(end):
                self.add(ready, end)
            self.ready = None
        if journal.size(self.path) > self.head.offset:
            for found, end in self._unread(self.head.offset):
                self.add(found, end)

    def _unread(self, start: int) -> Iterator[tuple[dict[str, list[int]], int]]:
        """What the journal has from `start` on: some keys by day, and the offset up to which."""
        found: dict[str, list[int]] = {}
        since = end = start
        for offset, line in journal.lines(self.path, start):
            one = self.read(line)
            if one is not None:
                found.setdefault(one[0], []).append(one[1])
            end = offset + len(line)
            if end - since > _CATCH_UP:
                yield found, end
                found, since = {}, end
        if end > since:
            yield found, end

    def peek(self, day: str, keys: Collection[int]) -> set[int]:
        """Those of the keys that are easily known to have a row, without the lock; perhaps not all.

        Where the head says that a key has a row, no other writer takes that row back.
        """
        if self._is_held(day, len(keys)):
            return self.held[day].intersection(keys)
        return _among(self.cold.get(day, _EMPTY), keys)

    def known(self, day: str, keys: Collection[int]) -> set[int]:
        """Those of the keys that have a row."""
        if self._is_held(day, len(keys)):
            return self.held[day].intersection(keys)
        count = self.head.days.get(day, 0)
        if not count:
            self._file(day).status()  # a link is refused before the rows are booked, not after
            return set()
        # A few keys of a day that is past: the file is searched, and if that goes on, in order.
        wanted, ordered = set(keys), self._ordered(day, count)
        found = _among(ordered, wanted)
        for part in self._parts(day, len(ordered), count):
            found |= wanted.intersection(part)
        return found

    def add(self, keys: Mapping[str, Collection[int]], offset: int) -> None:
        """The journal has these rows too, up to `offset`."""
        self.folder.make_folder()
        for day, some in keys.items():
            new = array("Q", some)
            count = self.head.days.get(day, 0)
            handle = self._file(day).open(os.O_WRONLY | os.O_CREAT)
            try:
                os.pwrite(handle, new.tobytes(), count * _WIDTH)
                # Before the head that counts them: after a power cut zeros could stand there, and
                # a row whose key is lost would be booked again.
                os.fsync(handle)
            finally:
                os.close(handle)
            self.head.days[day] = count + len(new)
            if day in self.held:
                self.held[day].update(some)
        self.head.offset, self.head.mark = offset, self._mark(offset)
        data = msgspec.msgpack.encode(self.head)
        (self.folder / "head").replace(data, durable=False)
        self._let_go(set(keys))

    def _told(self) -> Head | None:
        """What the files say, if it fits the journal that is there."""
        try:
            data = (self.folder / "head").read()
            head = msgspec.msgpack.decode(data, type=Head) if data else None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        if head is None or head.form != self.form or head.mark != self._mark(head.offset):
            return None
        for day, count in head.days.items():
            if journal.size(self._file(day)) < count * _WIDTH:
                return None
        return head

    def _follow(self, told: Head) -> None:
        for day, some in self.held.items():
            before, now = self.head.days.get(day, 0), told.days.get(day, 0)
            for part in self._parts(day, before, now):
                some.update(part)
        self.head = told

    def _is_held(self, day: str, asked: int) -> bool:
        """Whether memory has the keys of a day; it gets them where many are asked for."""
        if day not in self.held:
            count = self.head.days.get(day, 0)
            if not count or count > _HELD_DAY or asked * _FEW < count:
                return False
            try:
                parts = list(self._parts(day, 0, count))
            except (OSError, ValueError):
                return False
            if sum(map(len, parts)) < count:
                return False  # without the lock: another writer is making the index again
            self.held[day] = {key for part in parts for key in part}
            self._let_go({day})
        return True

    def _ordered(self, day: str, count: int) -> "array[int]":
        """The first keys of a day in ascending order; none of a day that is asked for once."""
        asked = self.asked[day] = self.asked.get(day, 0) + 1
        ordered = self.cold.get(day, _EMPTY)
        if asked > 1 and count <= _HELD_DAY and count - len(ordered) > len(ordered) // 4:
            keys = [key for part in self._parts(day, 0, count) for key in part]
            ordered = self.cold[day] = array("Q", sorted(keys))
            while sum(map(len, self.cold.values())) > _COLD_ALL:
                self.cold.pop(next(iter(self.cold)))
        return ordered

    def _parts(self, day: str, start: int, end: int) -> Iterable["array[int]"]:
        if start >= end:
            return
        handle = self._file(day).open(os.O_RDONLY)
        try:
            for place in range(start, end, _PART):
                part = array("Q")
                length = min(_PART, end - place) * _WIDTH
                part.frombytes(os.pread(handle, length, place * _WIDTH))
                yield part
        finally:
            os.close(handle)

    def _let_go(self, just_used: set[str]) -> None:
        """Hold no more than memory allows; these days are the last to go."""
        for day in [d for d in self.held if d not in just_used] + [*just_used]:
            if sum(map(len, self.held.values())) <= _HELD_ALL:
                return
            self.held.pop(day, None)

    def _file(self, day: str) -> RootedPath:
        return self.folder / day

    def _mark(self, offset: int) -> bytes:
        start = max(0, offset - _MARK)
        if journal.size(self.path) < offset:
            return b"?"
        return journal.at(self.path, [(start, offset - start)])[0] if offset else b""


def _among(ordered: "array[int]", keys: Iterable[int]) -> set[int]:
    """Those of the keys that are among others in ascending order."""
    end = len(ordered)
    places = [(key, bisect_left(ordered, key)) for key in keys] if ordered else ()
    return {key for key, place in places if place < end and ordered[place] == key}


def read_key(line: bytes) -> tuple[str, int] | None:
    """The day and key of a row's line, for its index; None where it has none."""
    key, place = key_of(line), line.find(b',"ts":"')
    day = line[place + 7 : place + 17]
    if key is None or place < 0 or day.translate(None, b"0123456789") != b"--":
        return None
    return day.decode(), key
