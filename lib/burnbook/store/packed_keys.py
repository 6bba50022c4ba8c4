"""64-bit keys by UTC day in two tables, packed: a row for each key is 30 times the work.

`NAME_parts` has the keys of a day in 64 parts, by their highest six bits, each part in order.
`NAME_recent` has those that were added since, a row for each day of an addition. When these are
many, they move to the parts.
"""

from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite3 import Connection

_PARTS_BITS = 6
_SHIFT = 64 - _PARTS_BITS
_RECENT = 50_000  # keys that are added one after the other: to read them takes 5 ms
_CACHED = 4_000_000  # keys in memory, of 8 bytes each
_FEW = 16  # of a part's keys, one in so many is looked for with a binary search


def tables(name: str) -> tuple[str, str]:
    """The statements that create the tables."""
    return (
        f"CREATE TABLE {name}_parts (day TEXT NOT NULL, part INTEGER NOT NULL,"
        " keys BLOB NOT NULL, PRIMARY KEY (day, part)) WITHOUT ROWID",
        f"CREATE TABLE {name}_recent (addition INTEGER NOT NULL, day TEXT NOT NULL,"
        " keys BLOB NOT NULL, PRIMARY KEY (addition, day)) WITHOUT ROWID",
    )


class PackedKeys:
    """The keys in the tables `name`. Create it again after another connection changed them."""

    def __init__(self, connection: "Connection", name: str) -> None:
        self._connection, self._name = connection, name
        self._cache: dict[tuple[str, int], array[int]] = {}
        self._cached = 0
        self._days: set[str] | None = None
        self._recent: dict[str, set[int]] = {}

    def known(self, day: str, keys: Collection[int]) -> set[int]:
        """Those of the keys that the day has."""
        if self._days is None:
            self._days = {row[0] for row in self._select("DISTINCT day FROM {}_parts")}
            self._recent.clear()
            for of_day, data in self._select("day, keys FROM {}_recent"):
                self._recent.setdefault(of_day, set()).update(_unpacked(data))
        known = self._recent.get(day, set()).intersection(keys)
        if day in self._days:
            for part, sought in _by_part(keys):
                known |= _among(self._part(day, part), sought)
        return known

    def add(self, keys: Mapping[str, Collection[int]]) -> None:
        """Add keys that the days do not have."""
        self._days = None
        [(last, held)] = self._select("max(addition), sum(length(keys)) FROM {}_recent")
        insert = f"INSERT INTO {self._name}_recent VALUES (?, ?, ?)"
        if (held or 0) // 8 + sum(map(len, keys.values())) <= _RECENT:
            addition = (last or 0) + 1
            additions = [
                (addition, day, array("Q", of_day).tobytes()) for day, of_day in keys.items()
            ]
            self._connection.executemany(insert, sorted(additions))
            return
        moved = {day: list(of_day) for day, of_day in keys.items()}
        for day, data in self._select("day, keys FROM {}_recent"):
            moved.setdefault(day, []).extend(_unpacked(data))
        self._connection.execute(f"DELETE FROM {self._name}_recent")
        replace = f"INSERT OR REPLACE INTO {self._name}_parts VALUES (?, ?, ?)"
        for day in sorted(moved):
            parts = _by_part(moved[day])
            rows = []
            for part, new in parts:
                ordered = sorted(chain(self._part(day, part), new))
                rows.append((day, part, array("Q", ordered).tobytes()))
            self._connection.executemany(replace, rows)
        self._cache.clear()
        self._cached = 0

    def _part(self, day: str, part: int) -> "array[int]":
        keys = self._cache.get((day, part))
        if keys is None:
            row = self._connection.execute(
                f"SELECT keys FROM {self._name}_parts WHERE day = ? AND part = ?", (day, part)
            ).fetchone()
            keys = self._cache[day, part] = _unpacked(row[0] if row else b"")
            self._cached += len(keys)
            if self._cached > _CACHED:
                self._cache = {(day, part): keys}
                self._cached = len(keys)
        return keys

    def _select(self, text: str) -> list[Any]:
        return self._connection.execute(f"SELECT {text.format(self._name)}").fetchall()


def digest(connection: "Connection", schema: str, name: str) -> dict[str, tuple[int, int]]:
    """How many keys each day has and their sum, in a schema of a connection."""
    sums: dict[str, tuple[int, int]] = {}
    for table in (f"{name}_parts", f"{name}_recent"):
        for day, data in connection.execute(f"SELECT day, keys FROM {schema}.{table}"):
            keys = _unpacked(data)
            count, total = sums.get(day, (0, 0))
            sums[day] = count + len(keys), total + sum(keys)
    return sums


def _by_part(keys: Collection[int]) -> list[tuple[int, list[int]]]:
    parts: dict[int, list[int]] = {}
    for key in keys:
        parts.setdefault(key >> _SHIFT, []).append(key)
    return sorted(parts.items())


def _among(ordered: "array[int]", keys: list[int]) -> set[int]:
    """Those of the keys that are among others in ascending order."""
    end = len(ordered)
    if len(keys) * _FEW > end:
        return set(keys).intersection(ordered)
    indexes = [(key, bisect_left(ordered, key)) for key in keys]
    return {key for key, index in indexes if index < end and ordered[index] == key}


def _unpacked(data: bytes) -> "array[int]":
    keys = array("Q")
    keys.frombytes(data)
    return keys
