"""Failed routed requests (attempts), and the request that did the work of each again.

That is, first, a healthy request whose `retry_of` (kept by the feed in `extra`) is the `rid` or the
`retry_of` of the attempt. Else it is the next healthy request of the same feature (of the same
`rid`, where lines have no feature), at most ten minutes later, with a prompt of similar size. The
attempt was retried on the baseline if that request is a baseline one.

Rows may come in any order, so each new attempt also looks at the rows that were read before. For
that, the tables have runs: rows that were added together with less than ten minutes between them.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from sqlite3 import Connection
from typing import Any, NamedTuple

import msgspec

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.cost.comparison.sums import sums_of
from burnbook.cost.facts import size_class
from burnbook.rows.meters import NewerRow
from burnbook.telemetry.costs.tables import hash_of
from burnbook.telemetry.rows import read

WITHIN = 600 * 1_000_000  # microseconds
_GAP = timedelta(minutes=10)
_TOGETHER = 8192  # rows that are added together
_MARKED, _NEXT = 0, 1  # a retry by its `retry_of`, and one by its feature and time
_ADD_ATTEMPT = f"INSERT INTO telemetry_attempts VALUES ({'?, ' * 12}NULL, NULL, NULL, NULL)"


class Retry(NamedTuple):
    """A healthy request that may have done an attempt's work; the least one counts.

    `key` is a hash of what the request is about, so that a copy of its row is the same request.
    """

    kind: int
    us: int
    is_routed: bool
    key: int


class Run(NamedTuple):
    """Rows of a short time: their first and last offset, how many, their first and last moment."""

    first_offset: int
    last_offset: int
    requests: int
    first_us: int
    last_us: int

    def plus(self, other: "Run") -> "Run":
        """Both as one."""
        return Run(
            *(min(self[0], other[0]), max(self[1], other[1]), self[2] + other[2]),
            *(min(self[3], other[3]), max(self[4], other[4])),
        )


class Retries:
    """Adds rows to the tables. Call `finish` at the end."""

    def __init__(self, path: RootedPath, database: Connection) -> None:
        self._path, self._database = path, database
        self._waiting: list[tuple[int, Any]] = []
        self._last: dict[Run, list[Any]] = {}  # the last runs and their rows
        self._again: set[Run] = set()  # runs to read again

    def add(self, rows: Iterable[tuple[int, Any]]) -> None:
        """Add rows with their offsets, each row once."""
        self._waiting += rows
        if len(self._waiting) >= _TOGETHER:
            self._add_runs()

    def finish(self) -> None:
        """Find the retries of the last rows, and those in rows that were read before."""
        self._add_runs()
        for run in sorted(self._again):
            if rows := list(_rows(self._path, run)):
                self._find_next(rows)

    def _add_runs(self) -> None:
        waiting, self._waiting = self._waiting, []
        waiting.sort(key=lambda entry: entry[1].ts)
        before, self._last = self._last, {}
        starts = [
            n
            for n, (entry, following) in enumerate(pairwise(waiting), 1)
            if following[1].ts - entry[1].ts > _GAP
        ]
        for start, end in pairwise(sorted({0, *starts, len(waiting)})):
            self._add_run(waiting[start:end], before)

    def _add_run(self, added: Sequence[tuple[int, Any]], before: Mapping[Run, list[Any]]) -> None:
        rows = [row for _, row in added]
        offsets = [offset for offset, _ in added]
        run = Run(min(offsets), max(offsets), len(rows), _us(rows[0].ts), _us(rows[-1].ts))
        failed = [entry for entry in added if entry[1].routed and not entry[1].ok]
        self._database.executemany(_ADD_ATTEMPT, [_attempt(*entry) for entry in failed])
        self._find_marked(rows, [row for _, row in failed])
        if failed:
            self._look_back(_us(failed[0][1].ts), _us(failed[-1][1].ts) + WITHIN, before)
        self._find_next(rows)
        self._last[self._save(run)] = rows

    def _look_back(self, first: int, last: int, before: Mapping[Run, list[Any]]) -> None:
        """Look for the retries of new attempts in the rows of runs that overlap with a time."""
        for values in self._database.execute(
            "SELECT * FROM telemetry_runs WHERE last_us >= ? AND first_us <= ?", [first, last]
        ).fetchall():
            run = Run(*values)
            if run in before:
                self._find_next(before[run])
            else:
                self._again.add(run)

    def _save(self, run: Run) -> Run:
        """Save a run; one that is small and close to the last one is saved together with it."""
        values = self._database.execute(
            "SELECT * FROM telemetry_runs ORDER BY first_offset DESC, first_us DESC LIMIT 1"
        ).fetchone()
        if values is not None:
            last = Run(*values)
            gap = max(run.first_us, last.first_us) - min(run.last_us, last.last_us)
            if gap <= WITHIN and last.requests + run.requests <= _TOGETHER:
                self._database.execute(
                    "DELETE FROM telemetry_runs WHERE first_offset = ? AND first_us = ?",
                    [last.first_offset, last.first_us],
                )
                run = last.plus(run)
        self._database.execute("INSERT INTO telemetry_runs VALUES (?, ?, ?, ?, ?)", run)
        return run

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


def _attempt(offset: int, row: Any) -> tuple[Any, ...]:
    sent, feature = row.input_tokens or 0, row.feature or row.rid
    return (
        *(offset, row.window, feature, row.rid, _mark(row), _us(row.ts), _size(row)),
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
    return retries[n] if n < len(retries) and retries[n].us <= at_us + WITHIN else None


def _us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _rows(path: RootedPath, run: Run) -> Iterator[Any]:
    """Reads the rows of a run again."""
    for offset, lines in journal.batches(path, run.first_offset):
        if offset > run.last_offset:
            return
        for row in read(lines):
            if not isinstance(row, NewerRow | None) and run.first_us <= _us(row.ts) <= run.last_us:
                yield row
