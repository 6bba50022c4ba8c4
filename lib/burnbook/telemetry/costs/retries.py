"""Failed routed requests (attempts), and the request that did the work of each again.

That is, first, a healthy request whose `retry_of` (kept by the feed in `extra`) is the `rid` or the
`retry_of` of the attempt. Else it is the next healthy request of the same feature (of the same
`rid`, where lines have no feature), at most ten minutes later, with a prompt of similar size. The
attempt was retried on the baseline if that request is a baseline one.

Rows may come in any order, so each new attempt also looks at the rows that were read before. The
journal is indexed by chunks of rows with their first and last moment, so that few are read again.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.cost.comparison.sums import sums_of
from burnbook.cost.facts import size_class
from burnbook.rows.meters import NewerRow
from burnbook.store.projection import signed
from burnbook.telemetry.rows import key_of, read

WITHIN = 600 * 1_000_000  # microseconds
_CHUNK = 8192  # rows
_MARKED, _NEXT = 0, 1  # a retry by its `retry_of`, and one by its feature and time


class Retry(NamedTuple):
    """A healthy request that may have done an attempt's work; the least one counts."""

    kind: int
    us: int
    is_routed: bool
    key: int


class Retries:
    """Adds rows to the tables. Call `finish` at the end."""

    def __init__(self, path: RootedPath, database: Connection) -> None:
        self._path, self._database = path, database
        self._waiting: list[tuple[str, int, Any]] = []
        self._last: tuple[int, list[Any]] | None = None  # the last chunk and its rows
        self._again: set[int] = set()  # chunks to read again, by their first offset

    def add(self, window: str, rows: Iterable[tuple[int, Any]]) -> None:
        """Add rows of a window with their offsets, each row once."""
        self._waiting += [(window, offset, row) for offset, row in rows]
        if len(self._waiting) >= _CHUNK:
            self._add_chunk()

    def finish(self) -> None:
        """Find the retries of the last rows, and those in rows that were read before."""
        if self._waiting:
            self._add_chunk()
        for first in sorted(self._again):
            [(last,)] = self._database.execute(
                "SELECT last_offset FROM telemetry_chunks WHERE first_offset = ?", [first]
            )
            self._find_next(_rows_between(self._path, first, last))
        self._again.clear()

    def _add_chunk(self) -> None:
        waiting, self._waiting = self._waiting, []
        rows = [row for _, _, row in waiting]
        failed = [entry for entry in waiting if entry[2].routed and not entry[2].ok]
        attempts = [_attempt(*entry) for entry in failed]
        marks = ", ".join("?" * 12)
        self._database.executemany(
            f"INSERT INTO telemetry_attempts VALUES ({marks}, NULL, NULL, NULL, NULL)", attempts
        )
        self._find_marked(rows, [row for _, _, row in failed])
        if failed:
            self._look_back([_us(row.ts) for _, _, row in failed])
        first = self._index([offset for _, offset, _ in waiting], rows)
        self._find_next(rows)
        self._last = first, rows

    def _look_back(self, moments: Sequence[int]) -> None:
        """Look for retries of new attempts in the chunks before."""
        for (first,) in self._database.execute(
            "SELECT first_offset FROM telemetry_chunks WHERE last_us >= ? AND first_us <= ?",
            [min(moments), max(moments) + WITHIN],
        ).fetchall():
            if self._last is not None and self._last[0] == first:
                self._find_next(self._last[1])
            else:
                self._again.add(first)

    def _index(self, offsets: Sequence[int], rows: Sequence[Any]) -> int:
        """Add rows to the index, to its last chunk if both are small; returns the first offset."""
        moments = [row.ts for row in rows]
        chunk = [min(offsets), max(offsets), len(rows), _us(min(moments)), _us(max(moments))]
        last = self._database.execute(
            "SELECT * FROM telemetry_chunks ORDER BY first_offset DESC LIMIT 1"
        ).fetchone()
        if last is not None and last[2] + chunk[2] <= _CHUNK:
            chunk = [
                *(min(last[0], chunk[0]), max(last[1], chunk[1]), last[2] + chunk[2]),
                *(min(last[3], chunk[3]), max(last[4], chunk[4])),
            ]
        self._database.execute(
            "INSERT OR REPLACE INTO telemetry_chunks VALUES (?, ?, ?, ?, ?)", chunk
        )
        return chunk[0]

    def _find_marked(self, rows: Sequence[Any], failed: Sequence[Any]) -> None:
        """Find the retries that name what they repeat, of new attempts and in new rows."""
        marked = [(mark, row) for row in rows if row.ok and (mark := _mark(row)) is not None]
        self._database.executemany(
            "INSERT OR IGNORE INTO telemetry_marked_retries VALUES (?, ?, ?, ?)",
            [(mark, *_retry(row, _MARKED)[1:]) for mark, row in marked],
        )
        if self._database.execute("SELECT 1 FROM telemetry_marked_retries").fetchone() is None:
            return
        names = {mark for mark, _ in marked}
        names.update(name for row in failed for name in (row.rid, _mark(row)) if name is not None)
        for name in sorted(names):
            retries = [
                Retry(_MARKED, *values)
                for values in self._database.execute(
                    "SELECT us, is_routed, request FROM telemetry_marked_retries"
                    " WHERE retry_of = ? ORDER BY us, is_routed, request",
                    [name],
                )
            ]
            attempts = self._database.execute(
                "SELECT offset, at_us, retry_kind, retry_us, retry_is_routed, retry_key"
                " FROM telemetry_attempts WHERE rid = ? OR retry_of = ?",
                [name, name],
            ).fetchall()
            for offset, at_us, *known in attempts if retries else ():
                n = bisect_left(retries, (_MARKED, at_us))
                if n < len(retries):
                    self._keep(offset, known, retries[n])

    def _find_next(self, rows: Sequence[Any]) -> None:
        """Find the next healthy request of attempts among rows."""
        moments = [row.ts for row in rows]
        first, last = _us(min(moments)), _us(max(moments))
        attempts = self._database.execute(
            "SELECT offset, feature, at_us, size, retry_kind, retry_us, retry_is_routed, retry_key"
            " FROM telemetry_attempts WHERE at_us BETWEEN ? AND ? AND feature IS NOT NULL"
            " AND (retry_kind IS NULL OR (retry_kind = ? AND retry_us >= ?))",
            [first - WITHIN, last, _NEXT, first],
        ).fetchall()
        healthy: dict[str, dict[int, list[Retry]]] = {name: {} for _, name, *_ in attempts}
        if not healthy:
            return
        for row in rows:
            if row.ok and (name := row.feature or row.rid) in healthy:
                healthy[name].setdefault(_size(row), []).append(_retry(row, _NEXT))
        for by_size in healthy.values():
            for retries in by_size.values():
                retries.sort()
        for offset, name, at_us, size, *known in attempts:
            nearest = [_next(of, at_us) for of in _similar(healthy[name], size)]
            retries = [retry for retry in nearest if retry is not None]
            if retries:
                self._keep(offset, known, min(retries))

    def _keep(self, offset: int, known: Sequence[Any], retry: Retry) -> None:
        if known[0] is None or retry < Retry(*known):
            self._database.execute(
                "UPDATE telemetry_attempts SET (retry_kind, retry_us, retry_is_routed, retry_key)"
                " = (?, ?, ?, ?) WHERE offset = ?",
                [*retry, offset],
            )


def _attempt(window: str, offset: int, row: Any) -> tuple[Any, ...]:
    sent = row.input_tokens or 0
    return (
        *(offset, window, row.feature or row.rid, row.rid, _mark(row), _us(row.ts), _size(row)),
        *(row.model, str(row.ts.date()), size_class(sent), bool(row.usd)),
        msgspec.json.encode(sums_of([row], ok=False)),
    )


def _mark(row: Any) -> str | None:
    mark = (row.extra or {}).get("retry_of")
    return mark if isinstance(mark, str) and mark else None


def _retry(row: Any, kind: int) -> Retry:
    return Retry(kind, _us(row.ts), row.routed, signed(key_of(row.id)))


def _size(row: Any) -> int:
    """The number of binary digits of the input tokens; 0 if they are unknown."""
    return (row.input_tokens or 0).bit_length()


def _similar(by_size: dict[int, list[Retry]], size: int) -> list[list[Retry]]:
    return [of for other, of in by_size.items() if not (size and other) or abs(size - other) <= 1]


def _next(retries: list[Retry], at_us: int) -> Retry | None:
    n = bisect_left(retries, (_NEXT, at_us))
    return retries[n] if n < len(retries) and retries[n].us <= at_us + WITHIN else None


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _rows_between(path: RootedPath, first: int, last: int) -> list[Any]:
    """The rows from one offset of the journal to another, which is that of the last one."""
    return [row for row in _read(path, first, last) if not isinstance(row, NewerRow | None)]


def _read(path: RootedPath, first: int, last: int) -> Iterator[Any]:
    for offset, lines in journal.batches(path, first):
        if offset > last:
            return
        yield from read(lines)
