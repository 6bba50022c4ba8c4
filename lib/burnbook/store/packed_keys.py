"""64-bit keys by UTC day in two tables, packed: a row for each key is 30 times the work.

`NAME_parts` has the keys of a day in 256 parts, by their highest eight bits, each part in order.
Its rowid is the day's ordinal * 256 + the part, so that a part of 500 keys is in a page with it.
`NAME_recent` has those that were added since, a row for each day of an addition. When these are
many, they become one row a day, in order, as addition 0. Only when that has many too, all move to
the parts: 16,000 late keys of 60 days would change each of their 15,360 parts, which are 64 MB.
"""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite3 import Connection

_BITS = 8
_SHIFT = 64 - _BITS
_RECENT = 16_000  # keys that are added one after another: to read them takes 2 ms
_WAITING = 1 << 18  # keys in one row a day: 2 MB
_CACHED = 4_000_000  # keys in memory, of 8 bytes each
_NONE = array("Q")
_FEW = 16  # of a part's keys, one in so many is looked for with a binary search


def tables(name: str) -> tuple[str, str]:
    """The statements that create the tables."""
    return (
        f"CREATE TABLE {name}_parts (id INTEGER PRIMARY KEY, keys BLOB NOT NULL)",
        f"CREATE TABLE {name}_recent (addition INTEGER NOT NULL, day TEXT NOT NULL,"
        " keys BLOB NOT NULL, PRIMARY KEY (addition, day)) WITHOUT ROWID",
    )


class PackedKeys:
    """The keys in the tables `name`. Create it again after another connection changed them."""

    def __init__(self, connection: "Connection", name: str) -> None:
        self._connection, self._name = connection, name
        self._parts: dict[int, array[int]] = {}
        self._cached = 0
        self._recent: dict[str, set[int]] | None = None
        self._waiting: dict[str, array[int]] = {}

    def known(self, day: str, keys: Collection[int]) -> set[int]:
        """Those of the keys that the day has."""
        if self._recent is None:
            self._recent = {}
            for of_day, data in self._select("day, keys FROM {}_recent WHERE addition > 0"):
                self._recent.setdefault(of_day, set()).update(_unpacked(data))
        known = self._recent.get(day, set()).intersection(keys)
        known |= _among(self._waiting_keys(day), keys)
        by_part = _by_part(keys)
        for part, ordered in self._load(day, by_part):
            known |= _among(ordered, by_part[part])
        return known

    def add(self, keys: Mapping[str, Collection[int]]) -> None:
        """Add keys that the days do not have."""
        self._recent, self._waiting = None, {}
        insert = f"INSERT OR REPLACE INTO {self._name}_recent VALUES (?, ?, ?)"
        last, size = self._size("addition > 0")
        count = sum(map(len, keys.values()))
        if size + count <= _RECENT:
            rows = [(last + 1, day, array("Q", of_day).tobytes()) for day, of_day in keys.items()]
            self._connection.executemany(insert, sorted(rows))
            return
        moved = {day: list(of_day) for day, of_day in keys.items()}
        for day, data in self._select("day, keys FROM {}_recent WHERE addition > 0"):
            moved.setdefault(day, []).extend(_unpacked(data))
        self._connection.execute(f"DELETE FROM {self._name}_recent WHERE addition > 0")
        if size + count + self._size("addition = 0")[1] <= _WAITING:
            for day, of_day in sorted(moved.items()):
                ordered = sorted(chain(self._waiting_keys(day), of_day))
                self._connection.execute(insert, (0, day, array("Q", ordered).tobytes()))
            self._waiting = {}
            return
        for day, data in self._select("day, keys FROM {}_recent"):
            moved.setdefault(day, []).extend(_unpacked(data))
        self._connection.execute(f"DELETE FROM {self._name}_recent")
        self._add_to_parts(moved)

    def _add_to_parts(self, keys: Mapping[str, Collection[int]]) -> None:
        replace = f"INSERT OR REPLACE INTO {self._name}_parts VALUES (?, ?)"
        for day in sorted(keys):
            parts = _by_part(keys[day])
            rows = []
            for part, old in self._load(day, sorted(parts)):
                ordered = sorted(chain(old, parts[part]))
                rows.append((_ordinal(day) << _BITS | part, array("Q", ordered).tobytes()))
            self._connection.executemany(replace, rows)
        self._parts, self._cached = {}, 0

    def _size(self, condition: str) -> tuple[int, int]:
        """The last addition under a condition, and the number of keys."""
        select = "ifnull(max(addition), 0), ifnull(sum(length(keys)), 0) FROM {}_recent WHERE "
        [(last, size)] = self._select(select + condition)
        return last, size // 8

    def _waiting_keys(self, day: str) -> "array[int]":
        """The keys of addition 0, in order."""
        if day not in self._waiting:
            text = f"SELECT keys FROM {self._name}_recent WHERE addition = 0 AND day = ?"
            row = self._connection.execute(text, [day]).fetchone()
            self._waiting[day] = _unpacked(row[0]) if row else _NONE
        return self._waiting[day]

    def _load(self, day: str, parts: Iterable[int]) -> "list[tuple[int, array[int]]]":
        """The keys of these parts of a day."""
        first = _ordinal(day) << _BITS
        missing = [first + part for part in parts if first + part not in self._parts]
        if missing:
            rows = self._select(f"id, keys FROM {{}}_parts WHERE id IN ({str(missing)[1:-1]})")
            loaded = dict.fromkeys(missing, _NONE) | {n: _unpacked(data) for n, data in rows}
            self._cached += sum(map(len, loaded.values()))
            if self._cached > _CACHED:
                others = {first + part for part in parts} - loaded.keys()
                loaded |= {n: self._parts[n] for n in others}
                self._parts, self._cached = {}, sum(map(len, loaded.values()))
            self._parts |= loaded
        return [(part, self._parts[first + part]) for part in parts]

    def _select(self, text: str) -> list[Any]:
        return self._connection.execute(f"SELECT {text.format(self._name)}").fetchall()


def digest(connection: "Connection", schema: str, name: str) -> dict[int, tuple[int, int]]:
    """How many keys each day (its ordinal) has and their sum, in a schema of a connection."""
    sums: dict[int, tuple[int, int]] = {}
    parts = connection.execute(f"SELECT id >> {_BITS}, keys FROM {schema}.{name}_parts")
    recent = connection.execute(f"SELECT day, keys FROM {schema}.{name}_recent")
    days = ((_ordinal(day), data) for day, data in recent)
    for day, data in chain(parts, days):
        keys = _unpacked(data)
        count, total = sums.get(day, (0, 0))
        sums[day] = count + len(keys), total + sum(keys)
    return sums


@cache
def _ordinal(day: str) -> int:
    """The number of a day; 0 for a text that is none."""
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return 0


def _by_part(keys: Iterable[int]) -> dict[int, list[int]]:
    """Keys in ascending order, by part: a sort and a search for each part's end, not a look at
    each key, which takes three times as long.
    """
    ordered = sorted(keys)
    parts: dict[int, list[int]] = {}
    start = 0
    while start < len(ordered):
        part = ordered[start] >> _SHIFT
        end = bisect_left(ordered, (part + 1) << _SHIFT, start)
        parts[part], start = ordered[start:end], end
    return parts


def _among(ordered: "array[int]", keys: Collection[int]) -> set[int]:
    """Those of the keys that are among others in ascending order."""
    end = len(ordered)
    if not end:
        return set()
    if len(keys) * _FEW > end:
        return set(keys).intersection(ordered)
    indexes = [(key, bisect_left(ordered, key)) for key in keys]
    return {key for key, index in indexes if index < end and ordered[index] == key}


def _unpacked(data: bytes) -> "array[int]":
    keys = array("Q")
    keys.frombytes(data)
    return keys
