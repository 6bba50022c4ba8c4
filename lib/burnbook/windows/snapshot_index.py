"""The snapshots that count: BEFORE and AFTER by window, agent and provider, and voids."""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from burnbook.book import codec, journal
from burnbook.book.book import Book
from burnbook.context import Context
from burnbook.rows.meters import Snapshot
from burnbook.times.clock import from_micros, to_micros
from burnbook.windows.booked.pairs import Entry, Head, Pair, before_and_after, of_agent, pairs_of
from burnbook.windows.booked.snapshots import SNAPSHOTS

if TYPE_CHECKING:
    from sqlite3 import Connection


_IS_VOIDED = "EXISTS (SELECT 1 FROM snapshot_voids WHERE snapshot = snapshots.id)"
_ENTRIES = (
    "SELECT id, window, agent, provider, phase, captured_at, offset, length, boundary, imported,"
    f" {_IS_VOIDED}, account, home, host, recorded_at FROM snapshots WHERE captured_at <= ?"
)
_OF_AGENT = (
    f"FROM snapshots WHERE agent = ? AND provider = ? AND captured_at <= ? AND NOT {_IS_VOIDED}"
)
# A BEFORE enters a window. Without one, the newest AFTER counts.
_HEAD = (
    f"SELECT (SELECT max(captured_at) {_OF_AGENT}), window {_OF_AGENT}"
    " ORDER BY phase = 'before' DESC, captured_at DESC, recorded_at DESC, id DESC LIMIT 1"
)
_ENTERED = (
    f"SELECT window {_OF_AGENT} AND phase = 'before'"
    " GROUP BY window ORDER BY max(captured_at) DESC, max(recorded_at) DESC, window DESC"
)
_WINDOWS = (
    "SELECT window FROM snapshots WHERE captured_at <= ? GROUP BY 1 ORDER BY min(recorded_at), 1"
)
_ALWAYS = 2**63 - 1


class SnapshotIndex:
    """Queries about the snapshots of a book, from the store.

    `host` is the machine whose agents a command books for; None for reports, which are the same on
    every machine.
    """

    def __init__(
        self, database: "Connection", until: int = _ALWAYS, host: str | None = None
    ) -> None:
        self._database = database
        self._until = until
        self.host = host
        self._entries: dict[str, list[Entry]] = {}

    def until(self, moment: datetime) -> "SnapshotIndex":
        """The same book without the snapshots that are later than a moment."""
        return SnapshotIndex(self._database, to_micros(moment), self.host)

    def windows(self) -> list[str]:
        """Every window that has a snapshot, in the order in which they were first booked."""
        rows = self._database.execute(_WINDOWS, (self._until,))
        return [window for (window,) in rows]

    def entries(self, window: str) -> list[Entry]:
        """Every snapshot of a window, voided ones too, in the order of recording."""
        if window not in self._entries:
            self._entries[window] = self._read("window = ? ORDER BY recorded_at, id", window)
        return self._entries[window]

    def counted(self, window: str) -> list[Entry]:
        """The snapshots of a window that are not voided, in the order of recording."""
        return [entry for entry in self.entries(window) if not entry.voided]

    def of_provider(self, provider: str) -> list[Entry]:
        """The snapshots of a provider that are not voided, in the order of time."""
        order = "captured_at, recorded_at, id"
        return self._read(f"provider = ? AND NOT {_IS_VOIDED} ORDER BY {order}", provider)

    def pairs(self, window: str) -> list[Pair]:
        """BEFORE and AFTER of each agent and provider in a window, by name."""
        return pairs_of(self.counted(window))

    def pair(self, window: str, agent: str, provider: str) -> Pair:
        """BEFORE and AFTER of one agent and provider in a window; of this host, if that matters."""
        group = self.counted_of(window, agent, provider)
        return Pair(agent, provider, *before_and_after(group))

    def counted_of(self, window: str, agent: str, provider: str) -> list[Entry]:
        """The snapshots of one agent and provider that are not voided, in the order of recording.

        If several machines have an agent of this name in the window, see `pairs.of_agent`.
        """
        return of_agent(self.counted(window), agent, provider, self.host)

    def heads(self) -> list[Head]:
        """The last window of each agent and provider that counts, by first booking."""
        by_first = "SELECT agent, provider FROM snapshot_providers ORDER BY first_at, 1, 2"
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


def own_index(ctx: Context) -> SnapshotIndex:
    """The snapshots of the book, for commands that book for the agents of this machine."""
    return SnapshotIndex(ctx.store.view(SNAPSHOTS), host=os.uname().nodename)


def read_snapshots(book: Book, entries: Sequence[Entry]) -> list[Snapshot]:
    """The rows of the given entries, in order. Raises BadData if one was damaged since."""
    path = journal.path_of(book.root, "snapshots")
    lines = journal.at(path, [(entry.offset, entry.length) for entry in entries])
    return [codec.verify("snapshots", line) for line in lines]


def _entry(*row: Any) -> Entry:
    """The entry of a row of `_ENTRIES`."""
    values = list(row)
    values[5] = from_micros(row[5])
    values[8] = None if row[8] is None else from_micros(row[8])
    values[9:11] = map(bool, row[9:11])
    return Entry(*values)
