"""Adds rows to the sums of one window and its features."""

from array import array
from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.store import journal_lines
from burnbook.telemetry.costs.tables import WINDOW, Requests, hash_of, save
from burnbook.telemetry.rows import read

_TOGETHER = 4096  # rows that are read together


class Window:
    """Rows of one window that are not in the tables yet."""

    def __init__(self, path: RootedPath, database: Connection, name: str) -> None:
        self.path, self.database, self.name = path, database, name
        self.whole = Requests()
        self.without_feature = 0
        self.hashes, self.offsets = array("q"), array("Q")  # of features that are a request's id
        self.named: dict[int, tuple[str, Requests]] = {}

    def add(self, rows: Sequence[tuple[int, Any]]) -> None:
        """Add rows with their offsets."""
        self.whole.add([row for _, row in rows])
        by_name: dict[str, list[Any]] = {}
        hashes, offsets = [], []
        for offset, row in rows:
            # A feature that is the rid is not written twice; an empty one was not in the line.
            if row.feature:
                by_name.setdefault(row.feature, []).append(row)
            elif row.feature is None and row.rid:
                hashes.append(hash_of(row.rid))
                offsets.append(offset)
            else:
                self.without_feature += 1
        self.hashes.extend(hashes)
        self.offsets.extend(offsets)
        for name, of_feature in by_name.items():
            self._add_named(name, of_feature)

    def write(self) -> None:
        """Write the rows to the tables."""
        database, window = self.database, self.name
        save(database, window, WINDOW, "", self.whole)
        stored = database.execute(
            "SELECT feature FROM telemetry_features WHERE window_id = ?", [window]
        )
        several = self._repeated()
        several.update(self.named)
        hashes = several.union(self.hashes)
        known = hashes.intersection(feature for (feature,) in stored)
        old = self._single(hashes - known)
        several |= known | old.keys()
        new = [feature not in several for feature in self.hashes]
        offsets = [n for n, is_new in zip(self.offsets, new, strict=True) if not is_new]
        for row in _rows_at(self.path, sorted([*offsets, *old.values()])):
            self._add_named(row.rid, [row])
        for feature, (name, requests) in sorted(self.named.items()):
            save(database, window, feature, name, requests)
        self._write_single(new, len(old))

    def _add_named(self, name: str, rows: Sequence[Any]) -> None:
        feature = hash_of(name)
        if feature not in self.named:
            self.named[feature] = (name, Requests())
        self.named[feature][1].add(rows)

    def _repeated(self) -> set[int]:
        """The hashes that come twice."""
        seen: set[int] = set()
        if len(set(self.hashes)) == len(self.hashes):
            return seen
        add = seen.add
        return {feature for feature in self.hashes if feature in seen or add(feature)}

    def _single(self, hashes: set[int]) -> dict[int, int]:
        """The offsets of the rows of features that had one request until now."""
        offsets: dict[int, int] = {}
        for features_data, offsets_data in self.database.execute(
            "SELECT features, offsets FROM telemetry_single_features WHERE window_id = ?",
            [self.name],
        ):
            of_part = unpacked("q", features_data)
            if not hashes.isdisjoint(of_part):
                pairs = zip(of_part, unpacked("Q", offsets_data), strict=True)
                offsets |= {feature: offset for feature, offset in pairs if feature in hashes}
        return offsets

    def _write_single(self, new: list[bool], fewer: int) -> None:
        columns = [array("q"), array("Q")]
        for column, values in zip(columns, (self.hashes, self.offsets), strict=True):
            column.extend(v for v, is_new in zip(values, new, strict=True) if is_new)
        if columns[0]:
            self.database.execute(
                "INSERT INTO telemetry_single_features SELECT ?, ifnull(max(number), 0) + 1, ?, ?"
                " FROM telemetry_single_features WHERE window_id = ?",
                (self.name, *(column.tobytes() for column in columns), self.name),
            )
        self.database.execute(
            "INSERT INTO telemetry_feature_counts VALUES (?, ?, ?) ON CONFLICT (window_id)"
            " DO UPDATE SET single = single + excluded.single,"
            " without_feature = without_feature + excluded.without_feature",
            (self.name, len(columns[0]) - fewer, self.without_feature),
        )


def _rows_at(path: RootedPath, offsets: Sequence[int]) -> Iterator[Any]:
    """The rows at offsets of the journal."""
    for start in range(0, len(offsets), _TOGETHER):
        yield from read([*journal_lines.at(path, offsets[start : start + _TOGETHER]).values()])


def unpacked(kind: str, data: bytes) -> "array[int]":
    """The numbers of an array that is stored."""
    values = array(kind)
    values.frombytes(data)
    return values
