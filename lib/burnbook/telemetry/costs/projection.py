"""The projection that only cost-compare needs: the sums of each window and of each feature.

In most feeds a request is a feature of its own, whose name is its id. Of such a feature the tables
have its hash and the offset of its row. When another request of it comes, the row is read again.
"""

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from sqlite3 import Connection
from typing import Any

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.store.projection import Batch, Projection
from burnbook.telemetry.costs.retries import Retries
from burnbook.telemetry.costs.tables import (
    RETRY_CONTENT,
    RETRY_TABLES,
    TABLES,
    WINDOW,
    Requests,
    hash_of,
    save,
)
from burnbook.telemetry.projection import TELEMETRY
from burnbook.telemetry.rows import JOURNAL, read

_TOGETHER = 4096  # rows whose sums are made together
_MOST_SINGLE = 1 << 18  # features with one request, between two writes: 16 bytes each, and a set
_MOST_NAMED = 20_000  # other features between two writes: some KiB each


def features(root: str) -> Projection:
    """The projection in the book at `root`."""
    return Projection(
        name="telemetry_features",
        journal=JOURNAL,
        version=3,
        tables=(*TABLES, *RETRY_TABLES),
        apply=partial(_apply, journal.path_of(root, JOURNAL)),
        read=read,
        after=TELEMETRY,
        content=(
            "SELECT * FROM {schema}.telemetry_features",
            "SELECT * FROM {schema}.telemetry_costs",
            "SELECT * FROM {schema}.telemetry_feature_counts",
            *RETRY_CONTENT,
        ),
        digest=_digest,
    )


def _apply(path: RootedPath, database: Connection, batches: Iterable[Batch]) -> int:
    duplicates = {
        offset for (offset,) in database.execute("SELECT offset FROM telemetry_duplicates")
    }
    windows: dict[str, _Window] = {}
    retries = Retries(path, database)
    for offsets, batch in batches:
        rows = zip(offsets, batch, strict=True)
        counted = [(offset, row) for offset, row in rows if offset not in duplicates]
        by_window: dict[str, list[tuple[int, Any]]] = {}
        for offset, row in counted:
            by_window.setdefault(row.window or "", []).append((offset, row))
        for name, of_window in by_window.items():
            windows.setdefault(name, _Window(path, database, name)).add(of_window)
        retries.add(counted)
        single = sum(len(window.offsets) for window in windows.values())
        named = sum(len(window.named) for window in windows.values())
        if single > _MOST_SINGLE or named > _MOST_NAMED:
            _write(windows)
    _write(windows)
    retries.finish()
    return 0


def _write(windows: "dict[str, _Window]") -> None:
    for window in windows.values():
        window.write()
    windows.clear()


class _Window:
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
            of_part = _unpacked("q", features_data)
            if not hashes.isdisjoint(of_part):
                pairs = zip(of_part, _unpacked("Q", offsets_data), strict=True)
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
    if not offsets:
        return
    with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
        for start in range(0, len(offsets), _TOGETHER):
            lines = []
            for offset in offsets[start : start + _TOGETHER]:
                file.seek(offset)
                lines.append(file.readline())
            yield from read(lines)


def _digest(database: Connection, schema: str) -> Any:
    """Of the features with one request: their number and sums, by window."""
    windows: dict[str, tuple[int, int, int]] = {}
    several = set(
        database.execute(f"SELECT window_id, feature FROM {schema}.telemetry_features").fetchall()
    )
    for window, hashes, offsets in database.execute(
        f"SELECT window_id, features, offsets FROM {schema}.telemetry_single_features"
    ):
        pairs = zip(_unpacked("q", hashes), _unpacked("Q", offsets), strict=True)
        single = [pair for pair in pairs if (window, pair[0]) not in several]
        if not single:
            continue  # a rebuild has no row of them
        sums = len(single), sum(hash(pair) for pair in single), sum(n for _, n in single)
        before = windows.get(window, (0, 0, 0))
        windows[window] = (before[0] + sums[0], before[1] + sums[1], before[2] + sums[2])
    return windows


def _unpacked(kind: str, data: bytes) -> "array[int]":
    values = array(kind)
    values.frombytes(data)
    return values
