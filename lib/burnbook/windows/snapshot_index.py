"""The snapshots that count: BEFORE and AFTER by window, agent and provider, and voids."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from burnbook.book import codec, journal
from burnbook.book.book import Book
from burnbook.context import Context
from burnbook.rows.meters import IMPORTED, Phase, Snapshot, Void
from burnbook.store.projection import Entry as Line
from burnbook.store.projection import Projection
from burnbook.times.clock import from_micros, to_micros

if TYPE_CHECKING:
    from sqlite3 import Connection


class Entry(NamedTuple):
    """A summary of a snapshot row; `offset` and `length` locate its line in the journal."""

    id: str
    window: str
    agent: str
    provider: str
    phase: Phase
    captured_at: datetime
    offset: int
    length: int
    boundary: datetime | None = None
    imported: bool = False
    voided: bool = False
    account: str | None = None
    home: str | None = None

    @property
    def counts_from(self) -> datetime:
        """The moment from which it counts: the reset, if it was booked early for one."""
        return max(self.captured_at, self.boundary or self.captured_at)


class Pair(NamedTuple):
    """BEFORE and AFTER of one agent and provider in a window; `after` is None while it is open."""

    agent: str
    provider: str
    before: Entry | None
    after: Entry | None

    @property
    def last(self) -> Entry | None:
        """The newest of the two."""
        return self.after or self.before


class Head(NamedTuple):
    """The window that one agent entered last with one provider, and its newest snapshot's time."""

    agent: str
    provider: str
    captured_at: datetime
    window: str

    @property
    def membership(self) -> tuple[str, str, str]:
        """Window, agent and provider."""
        return self.window, self.agent, self.provider


def _apply(database: "Connection", lines: Iterable[Line]) -> int:
    """Adds snapshots and voids. A void may precede its snapshot in merged books."""
    duplicates = 0
    for offset, length, row in lines:
        if isinstance(row, Void):
            values: tuple[Any, ...] = (row.id, row.void)
            added = database.execute("INSERT OR IGNORE INTO snapshot_voids VALUES (?, ?)", values)
        else:
            assert isinstance(row, Snapshot)
            boundary = None if row.boundary is None else to_micros(row.boundary)
            who = (row.agent or "", row.provider)
            what = (row.id, row.window or "", *who, row.phase, to_micros(row.captured_at))
            added = database.execute(
                f"INSERT OR IGNORE INTO snapshots VALUES ({', '.join('?' * 12)})",
                (*what, offset, length, boundary, row.source == IMPORTED, row.account, row.home),
            )
            database.execute(
                "INSERT OR IGNORE INTO snapshot_providers VALUES (?, ?, ?)", (*who, offset)
            )
        duplicates += added.rowcount == 0
    return duplicates


SNAPSHOTS = Projection(
    name="snapshots",
    journal="snapshots",
    version=2,
    tables=(
        "CREATE TABLE snapshots (id TEXT PRIMARY KEY, window TEXT NOT NULL, agent TEXT NOT NULL,"
        " provider TEXT NOT NULL, phase TEXT NOT NULL, captured_at INTEGER NOT NULL,"
        " offset INTEGER NOT NULL, length INTEGER NOT NULL, boundary INTEGER,"
        " imported INTEGER NOT NULL, account TEXT, home TEXT) WITHOUT ROWID",
        "CREATE TABLE snapshot_voids (row_id TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE snapshot_providers (agent TEXT, provider TEXT, first_offset INTEGER NOT NULL,"
        " PRIMARY KEY (agent, provider)) WITHOUT ROWID",
        "CREATE INDEX snapshots_by_window ON snapshots (window, offset)",
        "CREATE INDEX snapshots_by_agent ON snapshots (agent, provider, captured_at)",
        "CREATE INDEX snapshots_by_provider ON snapshots (provider, captured_at)",
        "CREATE INDEX snapshots_by_boundary ON snapshots (boundary) WHERE boundary IS NOT NULL",
        "CREATE INDEX snapshot_voids_by_id ON snapshot_voids (id)",
    ),
    apply=_apply,
)

_IS_VOIDED = "EXISTS (SELECT 1 FROM snapshot_voids WHERE snapshot_voids.id = snapshots.id)"
_ENTRIES = (
    "SELECT id, window, agent, provider, phase, captured_at, offset, length, boundary, imported,"
    f" {_IS_VOIDED}, account, home FROM snapshots WHERE captured_at <= ?"
)
_OF_AGENT = (
    f"FROM snapshots WHERE agent = ? AND provider = ? AND captured_at <= ? AND NOT {_IS_VOIDED}"
)
# A BEFORE enters a window. Without one, the newest AFTER counts.
_HEAD = (
    f"SELECT (SELECT max(captured_at) {_OF_AGENT}), window {_OF_AGENT}"
    " ORDER BY phase = 'before' DESC, captured_at DESC, offset DESC LIMIT 1"
)
_ENTERED = (
    f"SELECT window {_OF_AGENT} AND phase = 'before'"
    " GROUP BY window ORDER BY max(captured_at) DESC, max(offset) DESC"
)
_WINDOWS = "SELECT window FROM snapshots WHERE captured_at <= ? GROUP BY 1 ORDER BY min(offset)"
_ALWAYS = 2**63 - 1


class SnapshotIndex:
    """Queries about the snapshots of a book, from the store."""

    def __init__(self, database: "Connection", until: int = _ALWAYS) -> None:
        self._database = database
        self._until = until
        self._entries: dict[str, list[Entry]] = {}

    def until(self, moment: datetime) -> "SnapshotIndex":
        """The same book without the snapshots that are later than a moment."""
        return SnapshotIndex(self._database, to_micros(moment))

    def windows(self) -> list[str]:
        """Every window that has a snapshot, in the order in which they were first booked."""
        rows = self._database.execute(_WINDOWS, (self._until,))
        return [window for (window,) in rows]

    def entries(self, window: str) -> list[Entry]:
        """Every snapshot of a window, voided ones too, in the order in which they were booked."""
        if window not in self._entries:
            self._entries[window] = self._read("window = ? ORDER BY offset", window)
        return self._entries[window]

    def counted(self, window: str) -> list[Entry]:
        """The snapshots of a window that are not voided, in the order in which they were booked."""
        return [entry for entry in self.entries(window) if not entry.voided]

    def of_provider(self, provider: str) -> list[Entry]:
        """The snapshots of a provider that are not voided, in the order of time."""
        return self._read(f"provider = ? AND NOT {_IS_VOIDED} ORDER BY captured_at", provider)

    def pairs(self, window: str) -> list[Pair]:
        """BEFORE and AFTER of each agent and provider in a window, by name."""
        groups: dict[tuple[str, str], list[Entry]] = {}
        for entry in self.counted(window):
            groups.setdefault((entry.agent, entry.provider), []).append(entry)
        return [Pair(*who, *_pair(group)) for who, group in sorted(groups.items())]

    def pair(self, window: str, agent: str, provider: str) -> Pair:
        """BEFORE and AFTER of one agent and provider in a window."""
        group = [e for e in self.counted(window) if (e.agent, e.provider) == (agent, provider)]
        return Pair(agent, provider, *_pair(group))

    def heads(self) -> list[Head]:
        """The last window of each agent and provider that counts, by first booking."""
        by_first = "SELECT agent, provider FROM snapshot_providers ORDER BY first_offset"
        heads = []
        for agent, provider in self._database.execute(by_first).fetchall():
            who = (agent, provider, self._until)
            newest = self._database.execute(_HEAD, who * 2).fetchone()
            if newest is not None:
                heads.append(Head(agent, provider, from_micros(newest[0]), newest[1]))
        return heads

    def entered(self, agent: str, provider: str) -> list[str]:
        """The windows that an agent entered with a provider, the last one first."""
        rows = self._database.execute(_ENTERED, (agent, provider, self._until))
        return [window for (window,) in rows]

    def providers(self) -> list[tuple[str, str]]:
        """Each agent and provider with a snapshot, voided ones too, sorted."""
        return sorted(self._database.execute("SELECT agent, provider FROM snapshot_providers"))

    def latest(self, agent: str | None = None, provider: str | None = None) -> str | None:
        """The last window of the agent (and provider) with the newest snapshot."""
        heads = [head for head in self.heads() if agent in (None, head.agent)]
        heads = [head for head in heads if provider in (None, head.provider)]
        return max(heads, key=lambda head: head.captured_at).window if heads else None

    def first_capture(self, boundary: datetime) -> datetime | None:
        """The time of the first automatic snapshot of a boundary, or None."""
        first = "SELECT min(captured_at) FROM snapshots WHERE boundary = ?"
        [moment] = self._database.execute(first, (to_micros(boundary),)).fetchone()
        return None if moment is None else from_micros(moment)

    def _read(self, condition: str, value: str) -> list[Entry]:
        rows = self._database.execute(f"{_ENTRIES} AND {condition}", (self._until, value))
        return [_entry(*row) for row in rows]


def snapshot_index(ctx: Context) -> SnapshotIndex:
    """The snapshots of the book."""
    return SnapshotIndex(ctx.store.view(SNAPSHOTS))


def read_snapshots(book: Book, entries: Sequence[Entry]) -> list[Snapshot]:
    """The rows of the given entries, in order. Raises BadData if one was damaged since."""
    path = journal.path_of(book.root, "snapshots")
    lines = journal.at(path, [(entry.offset, entry.length) for entry in entries])
    return [codec.verify("snapshots", line) for line in lines]


def _entry(*row: Any) -> Entry:
    """The entry of a row of `_ENTRIES`."""
    entry = Entry(*row)
    return entry._replace(
        captured_at=from_micros(row[5]),
        boundary=None if row[8] is None else from_micros(row[8]),
        imported=bool(entry.imported),
        voided=bool(entry.voided),
    )


def _pair(group: Sequence[Entry]) -> tuple[Entry | None, Entry | None]:
    """The last BEFORE booked, and the last AFTER booked that is not older than it.

    The last row counts, so that a correction wins. An AFTER older than a new BEFORE belongs to an
    earlier stretch of work.
    """
    before = next((entry for entry in reversed(group) if entry.phase == "before"), None)
    afters = [entry for entry in group if entry.phase == "after"]
    if before is not None:
        afters = [entry for entry in afters if entry.captured_at >= before.captured_at]
    return before, afters[-1] if afters else None
