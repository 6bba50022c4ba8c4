"""The store compared with tables that only `check` builds, from the rows that it has verified.

These tables are on disk, in a temporary folder, so that a journal of any size takes little memory.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from burnbook.check import Finding, store_copy
from burnbook.followed import newest_rows
from burnbook.store import database, membership, row_index
from burnbook.store.database import Database
from burnbook.store.progress import Progress, form_of, mark_matches
from burnbook.store.projection import Projection, Stretch
from burnbook.telemetry.costs.projection import features
from burnbook.telemetry.projection import telemetry
from burnbook.usage.projection import USAGE
from burnbook.windows.booked.meters import METERS
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.history import WINDOWS

if TYPE_CHECKING:
    from sqlite3 import Connection

PROJECTIONS: Sequence[Projection] = (
    *(SNAPSHOTS, WINDOWS, METERS, USAGE),
    *(*row_index.PROJECTIONS.values(), *newest_rows.PROJECTIONS.values()),
)


class Tables:
    """The tables of `check` (`own`), and a copy of the store; None if there is no usable one."""

    def __init__(
        self, root: str, own: Database, stored: "Connection | None", copy: str, path: str
    ) -> None:
        self.root, self.own, self.stored, self._copy = root, own, stored, copy
        self.path = path
        self.is_kept = False  # `own` has the tables of an earlier check
        self.findings: list[Finding] = []

    def of(self, name: str) -> list[tuple[Projection, int]]:
        """The projections of a journal that a command would use, and their offsets in the store."""
        projections: list[tuple[Projection, int]] = []
        for projection in (*PROJECTIONS, telemetry(self.root), features(self.root)):
            offset = self._offset(projection) if projection.journal == name else None
            after = projection.after
            if offset is not None and (after is None or self._is_level(projection, after)):
                projections.append((projection, offset))
        return projections

    def membership(self, projection: Projection) -> membership.Membership:
        """The windows of requests that the store has used."""
        assert self.stored is not None
        return membership.load(self.stored, projection.name)

    def build(self, name: str, stretches: Sequence[Stretch] = (), *, is_new: bool = True) -> None:
        """Add rows of a journal, as far as the store has them. `is_new`: begin with empty tables.

        `stretches` are rows that need not be read again, of a journal with one projection.
        """
        for projection, end in self.of(name):
            self._build(projection, end, stretches if projection.bulk else (), is_new=is_new)

    def check(self, name: str) -> list[Finding]:
        """A fault for each projection of a journal whose tables differ from those of the store."""
        findings = []
        for projection, end in self.of(name):
            is_same = self._is_same(projection, end)
            if not is_same:  # `own` may be damaged where it was kept from an earlier check
                self._build(projection, end, (), is_new=True)
                is_same = self._is_same(projection, end)
            if not is_same:
                reason = (
                    f"the table of {projection.name} differs from a rebuild of "
                    f"{projection.journal}.jsonl up to byte {end}"
                )
                findings.append(Finding("store", database.FILE, 0, reason))
        return findings

    def _build(
        self, projection: Projection, end: int, stretches: Sequence[Stretch], *, is_new: bool
    ) -> None:
        connection = self.own.connection
        connection.execute("BEGIN")
        progress = Progress(self.own, projection, self.root)
        if is_new or progress.offset > end:
            delete = "DELETE FROM projections WHERE name = ?"
            connection.execute(delete, [projection.name])
            progress.load()
        if projection.move is not None:
            progress.move("", self.membership(projection))
        progress.catch_up(stretches, end)
        if not end:
            projection.apply(connection, ())  # as for a journal without rows: it may write one
        connection.execute("COMMIT")

    def _is_same(self, projection: Projection, end: int) -> bool:
        import sqlite3

        connection = self.own.connection
        progress = Progress(self.own, projection, self.root)
        connection.execute("ATTACH ? AS stored", [self._copy])
        try:
            is_same = progress.offset == end and all(
                self._has_same_rows(select) for select in projection.content or _selects(projection)
            )
            if is_same and projection.digest is not None:
                is_same = projection.digest(connection, "main") == projection.digest(
                    connection, "stored"
                )
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            is_same = False
        finally:
            connection.execute("DETACH stored")
        return is_same

    def _has_same_rows(self, select: str) -> bool:
        """Whether a query, whose rows are all different, has the same rows in both.

        In SQL it takes a third of the time of reading the rows here.
        """
        own, other = (select.format(schema=schema) for schema in ("main", "stored"))
        counts = f"SELECT (SELECT count(*) FROM ({own})), (SELECT count(*) FROM ({other}))"
        [(count, other_count)] = self.own.connection.execute(counts)
        different = f"{own} EXCEPT {other} LIMIT 1"
        return count == other_count and not self.own.connection.execute(different).fetchall()

    def _is_level(self, projection: Projection, after: Projection) -> bool:
        """Whether two projections have the same rows and windows; else the next command sees to it,
        and the tables of the first cannot be built beside those of the second.
        """
        same_windows = self.membership(projection).spans == self.membership(after).spans
        return same_windows and self._offset(projection) == self._offset(after)

    def _offset(self, projection: Projection) -> int | None:
        if self.stored is None:
            return None
        row = self.stored.execute(
            "SELECT offset, mark, form FROM projections WHERE name = ?", (projection.name,)
        ).fetchone()
        if row is None:
            return None
        offset, mark, form = row
        if form == form_of(projection) and mark_matches(self.root, projection, offset, mark):
            return int(offset)
        return None  # another version or journal: the next command rebuilds it


def _selects(projection: Projection) -> list[str]:
    tables = [s.split()[2] for s in projection.tables if s.startswith("CREATE TABLE")]
    return [f"SELECT * FROM {{schema}}.{table}" for table in tables]


@contextmanager
def tables(root: str, kept: "Callable[[str], bool] | None" = None) -> Iterator[Tables]:
    """The tables of a book, for as long as the context lasts.

    `kept` copies the tables of an earlier check to a path, and returns whether there are any.
    """
    folder = tempfile.mkdtemp(prefix="burnbook-check-")
    path, copy = os.path.join(folder, "own"), os.path.join(folder, "stored")
    stored: Connection | None = None
    is_kept = kept is not None and kept(path)
    own = store_copy.own(path)
    try:
        stored, reason = store_copy.opened(root, copy)
        result = Tables(root, own, stored, copy, path)
        result.is_kept = is_kept
        if reason:
            reason = f"cannot be read, so the next command rebuilds it: {reason}"
            result.findings.append(Finding("store", database.FILE, 0, reason, is_fault=False))
        yield result
    finally:
        own.close()
        if stored is not None:
            stored.close()
        shutil.rmtree(folder, ignore_errors=True)
