"""Failed routed requests (attempts), and the request that did the work of each again.

That is, first, a healthy request whose `retry_of` (kept by the feed in `extra`) is the `rid` or the
`retry_of` of the attempt. Else it is the next healthy request of the same feature (of the same
`rid`, where lines have no feature), at most ten minutes later, with a prompt of similar size. The
attempt was retried on the baseline if that request is a baseline one.

Rows may come in any order, so each new attempt also looks at the rows before it in the journal that
are of the minutes after it.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.cost.comparison.sums import sums_of
from burnbook.cost.facts import size_class
from burnbook.rows.meters import NewerRow
from burnbook.store import time_index
from burnbook.store.membership import Membership, merged
from burnbook.telemetry.costs.tables import hash_of
from burnbook.telemetry.rows import read
from burnbook.telemetry.tables import NAME

WITHIN = timedelta(minutes=10)
_WITHIN_US = 600 * 1_000_000
_TOGETHER = 8192  # rows that are added together
_MARKED, _NEXT = 0, 1  # a retry by its `retry_of`, and one by its feature and time
_ADD_ATTEMPT = (
    f"INSERT OR REPLACE INTO telemetry_attempts VALUES ({'?, ' * 12}NULL, NULL, NULL, NULL)"
)


class Retry(NamedTuple):
    """A healthy request that may have done an attempt's work; the least one counts.

    `key` is a hash of what the request is about, so that a copy of its row is the same request.
    """

    kind: int
    us: int
    is_routed: bool
    key: int


class Retries:
    """Adds rows to the tables. Call `finish` at the end.

    Attempts in no window are left out. The retries of the others are also looked for in the rows
    before byte `end` of the journal, without it in those before the rows that are added. `without`
    are the offsets of rows that do not count.
    """

    def __init__(
        self,
        path: RootedPath,
        database: Connection,
        windows: Membership,
        end: int | None = None,
        *,
        without: Collection[int],
    ) -> None:
        self._path, self._database, self._windows, self._end = path, database, windows, end
        self._without = without
        self._waiting: list[tuple[int, Any]] = []

    def add(self, rows: Iterable[tuple[int, Any]]) -> None:
        """Add rows with their offsets, each row once."""
        self._waiting += rows
        if len(self._waiting) >= _TOGETHER:
            self.finish()

    def finish(self) -> None:
        """Find the retries of the rows that wait, and those that they are themselves."""
        added, self._waiting = self._waiting, []
        if not added:
            return
        rows = [row for _, row in added]
        failed = [
            (window, offset, row)
            for offset, row in added
            if row.routed and not row.ok and (window := self._window(row)) is not None
        ]
        self._database.executemany(_ADD_ATTEMPT, [_attempt(*entry) for entry in failed])
        self._find_marked(rows, [row for *_, row in failed])
        if failed:
            before = min(offset for offset, _ in added) if self._end is None else self._end
            self._look_back([row.ts for *_, row in failed], before)
        self._find_next(rows)

    def _window(self, row: Any) -> str | None:
        window: str | None = row.window or self._windows.at(row.agent, row.ts)
        return window

    def _look_back(self, moments: Iterable[datetime], before: int) -> None:
        """Look for the retries of new attempts in the rows before an offset of the journal."""
        ranges = merged((moment, moment + WITHIN) for moment in moments)
        blocks = time_index.blocks(self._database, NAME, ranges)
        for offsets, lines in time_index.lines(self._path, blocks, before):
            rows = [
                row
                for offset, row in zip(offsets, read(lines), strict=True)
                if not isinstance(row, NewerRow | None) and offset not in self._without
            ]
            if rows:
                self._find_next(rows)

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
            [first - _WITHIN_US, last, _NEXT, first],
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
    sent, feature = row.input_tokens or 0, row.feature or row.rid
    return (
        *(offset, window, feature, row.rid, _mark(row), _us(row.ts), _size(row)),
        *(row.model, str(row.ts.date()), size_class(sent), bool(row.usd)),
        msgspec.json.encode(sums_of([row], ok=False)),
    )


def _mark(row: Any) -> str | None:
    mark = (row.extra or {}).get("retry_of")
    return mark if isinstance(mark, str) and mark else None


def _retry(row: Any, kind: int) -> Retry:
    about = (row.rid, row.lane, row.model, row.input_tokens, row.output_tokens)
    return Retry(kind, _us(row.ts), row.routed, hash_of(str(about)))


def _size(row: Any) -> int:
    """The number of binary digits of the input tokens; 0 if they are unknown."""
    return (row.input_tokens or 0).bit_length()


def _similar(by_size: dict[int, list[Retry]], size: int) -> list[list[Retry]]:
    return [of for other, of in by_size.items() if not (size and other) or abs(size - other) <= 1]


def _next(retries: list[Retry], at_us: int) -> Retry | None:
    n = bisect_left(retries, (_NEXT, at_us))
    return retries[n] if n < len(retries) and retries[n].us <= at_us + _WITHIN_US else None


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
