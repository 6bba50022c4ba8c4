"""A book: one data directory, with its journals, state and folds by name."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from burnbook.base.errors import IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, fold, journal, lock
from burnbook.book.id_index import Known
from burnbook.book.recovery import heal
from burnbook.jsonl import follow
from burnbook.rows.meters import Anomaly, NewerRow, Row, Snapshot, Usage, Void, WindowRow
from burnbook.rows.skipped import Passed
from burnbook.windows.history import History
from burnbook.windows.snapshot_index import Entry, Index
from burnbook.windows.state import State, state_of

if TYPE_CHECKING:
    from burnbook.telemetry.traffic import Telemetry, Traffic

Build = Callable[[], Sequence[tuple[str, Row]]]
_FOLDS = {
    "snapshots": "snapshot_fold",
    "windows": "window_fold",
    "proxy_telemetry": "traffic_fold",
}


class Booked(NamedTuple):
    """A row, and whether this call wrote it (False: it was there already)."""

    row: Row
    is_new: bool


class Book:
    """The journals of one data directory. Reading makes nothing; only `commit` writes."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._passed: dict[str, Passed] = {}
        self._ids = Known(root)
        if os.path.exists(root) and not os.path.isdir(root):
            raise IOFault(f"book {root} is not a directory")

    @cached_property
    def snapshot_fold(self) -> fold.Fold[Index]:
        """The index of snapshots.jsonl."""
        return fold.Fold(self.root, "snapshots", Index, Index.add)

    @property
    def index(self) -> Index:
        """Every snapshot in brief."""
        return self.snapshot_fold.value

    def snapshots(self, entries: Sequence[Entry]) -> list[Snapshot]:
        """The rows of some entries, in their order."""
        path = journal.path_of(self.root, "snapshots")
        lines = journal.at(path, [(entry.offset, entry.length) for entry in entries])
        return [codec.decode("snapshots", line) for line in lines]

    @cached_property
    def window_fold(self) -> fold.Fold[History]:
        """The index of windows.jsonl."""
        return fold.Fold(self.root, "windows", History, History.add)

    @property
    def history(self) -> History:
        """Every finalized window in brief."""
        return self.window_fold.value

    def closing(self, window: str) -> WindowRow | None:
        """The row that counts for a finalized window; None while it is not finalized."""
        place = self.history.windows.get(window)
        if place is None:
            return None
        path = journal.path_of(self.root, "windows")
        [line] = journal.at(path, [(place.offset, place.length)])
        row: WindowRow = codec.decode("windows", line)
        return row

    def anomalies(self, window: str) -> list[Anomaly]:
        """The recorded anomalies of a window."""
        return [row for row in self.rows("anomalies") if row.window == window]

    def knows(self, window: str) -> bool:
        """Whether the book has a row about a window."""
        known = window in self.index.packed or window in self.history.windows
        return known or self.traffic(window) is not None

    def rows(self, name: str) -> list[Any]:
        """Every row of a small journal that holds; the others are counted in `passed`."""
        found = []
        passed = self._passed[name] = Passed()
        for _, line in journal.lines(journal.path_of(self.root, name)):
            row = codec.read(name, line)
            if row is None or isinstance(row, NewerRow):
                passed.miss(row)
            else:
                found.append(row)
        return found

    @cached_property
    def traffic_fold(self) -> "fold.Fold[Telemetry]":
        """The traffic of each window, from proxy_telemetry.jsonl."""
        from burnbook.telemetry.traffic import Telemetry  # only books with telemetry pay for it

        return fold.Fold(self.root, "proxy_telemetry", Telemetry, Telemetry.add)

    def traffic(self, window: str) -> "Traffic | None":
        """What the proxy did in a window; None where no telemetry tells."""
        if not journal.size(journal.path_of(self.root, "proxy_telemetry")):
            return None
        found = self.traffic_fold.value.window(window)
        return found if found.groups else None

    def telemetry(self, window: str | None) -> Iterator[Usage]:
        """The requests of a window in the journal's order; of all windows for None."""
        wanted = b'"window":"%b"' % window.encode() if window else b""
        passed = self._passed["proxy_telemetry"] = Passed()
        for _, line in journal.lines(journal.path_of(self.root, "proxy_telemetry")):
            if wanted in line:
                row = codec.read("proxy_telemetry", line)
                if row is None or isinstance(row, NewerRow):
                    passed.miss(row)
                elif window is None or row.window == window:
                    yield row

    def saw(self, name: str, passed: Passed) -> None:
        """Keep what another reader of a journal did not count."""
        self._passed[name] = passed

    @property
    def passed(self) -> Passed:
        """What was read and not counted: damaged lines, which `check` names, and newer rows."""
        opened = {name: fold for name, fold in _FOLDS.items() if fold in self.__dict__}
        folds = {name: getattr(self, fold).value for name, fold in opened.items()}
        return Passed().miss_all({**folds, **self._passed}.values())

    def commit(self, build: Build, wait: float = lock.WAIT_SECONDS) -> list[Booked]:
        """Book rows: (journal, row) pairs, whole or not at all, each id once; wait for the lock.

        `build` runs with it held and with this book caught up, so that what it decides on still
        holds when its rows are written. When `commit` returns, they are durable.
        """
        self._catch_up()  # so that under the lock only the newest bytes are left
        self._ids.catch_up()
        with lock.book_lock(self.root, wait):
            for name in codec.JOURNALS:
                heal(self.root, name)
            self._catch_up()
            booked = self._known(build())
            for _, (row, _) in booked:
                if isinstance(row, Snapshot | Void):  # refuse a link before the append
                    self.state_path(*self._whose(row)).status()
                    self.raw_path(row.id).status()
            self._append([(name, row) for name, (row, is_new) in booked if is_new])
            try:
                self._catch_up()
            except IOFault as error:
                raise IOFault(f"the rows are booked, but then: {error}") from None
            for _, (row, _) in booked:
                if isinstance(row, Snapshot | Void):
                    self._project(row)
        self.save_folds()
        return [entry for _, entry in booked]

    def save_folds(self) -> None:
        """Keep what was folded, for the next command to start from."""
        self.snapshot_fold.save()
        self.window_fold.save()
        self._ids.save()
        if "traffic_fold" in self.__dict__:
            self.traffic_fold.save()

    def state(self, agent: str, provider: str) -> State | None:
        """Where an agent stands with a provider, from the journal; None before its first row."""
        return state_of(self.index, agent, provider)

    def state_path(self, agent: str, provider: str) -> RootedPath:
        """Where the state of an agent and provider is kept for other programs to read."""
        return RootedPath(self.root, f"state/{agent}/{provider}.json")

    def raw_path(self, row_id: str) -> RootedPath:
        """Where the pane of a snapshot is kept."""
        return RootedPath(self.root, f"raw/{row_id}.txt")

    def _catch_up(self) -> None:
        self.snapshot_fold.catch_up()
        self.window_fold.catch_up()

    def _known(self, rows: Sequence[tuple[str, Row]]) -> list[tuple[str, Booked]]:
        """Each row as it is in the book: the one that was there first, where there is one."""
        here: dict[str, dict[str, Row | None]] = {}
        for name in {name for name, _ in rows}:
            ids = [row.id for journal_name, row in rows if journal_name == name]
            lines = self._ids.find(name, ids)
            here[name] = {i: self._row(name, line) for i, line in lines.items()}
        booked = []
        for name, row in rows:
            is_new = row.id not in here[name]
            booked.append((name, Booked(here[name].setdefault(row.id, row) or row, is_new)))
        return booked

    def _row(self, name: str, line: bytes) -> Row | None:
        """A row that is in the book; None where a later version wrote it."""
        try:
            row: Row = codec.decode(name, line)
        except codec.Newer:
            return None
        return row

    def _append(self, rows: Sequence[tuple[str, Row]]) -> None:
        batch: dict[str, bytes] = {}
        for name, row in rows:
            batch[name] = batch.get(name, b"") + codec.encode(row)
        if batch:
            journal.append(self.root, batch)
            self._ids.wrote({name: len(data) for name, data in batch.items()})

    def _project(self, row: Snapshot | Void) -> None:
        agent, provider = self._whose(row)
        try:
            self.put_state(agent, provider, self.state(agent, provider))
        except OSError as error:
            # The rows are durable; only their projection is behind, and the next run renews it.
            raise IOFault(os_sentence("the rows are booked, but not the state", error)) from None

    def _whose(self, row: Snapshot | Void) -> tuple[str, str]:
        """The agent and the provider that a row is about."""
        if isinstance(row, Snapshot):
            return row.agent or "", row.provider
        [target] = [e for e in self.index.entries(row.window or "") if e.id == row.void]
        return target.agent, target.provider

    def renew_state(self, agent: str, provider: str) -> None:
        """Put the state right that a killed command left behind, where there is one."""
        if self.state_path(agent, provider).status() is not None:
            with lock.book_lock(self.root):
                self._catch_up()
                self.put_state(agent, provider, self.state(agent, provider))

    def put_state(self, agent: str, provider: str, state: State | None) -> None:
        """With the lock held: put a state where other programs read it; None: there is none."""
        path = self.state_path(agent, provider)
        if agent == follow.OLD_FOLDER:
            follow.keep_old(self.root, provider)
        if state is not None:
            path.replace(msgspec.json.format(msgspec.json.encode(state)) + b"\n")
        elif not self.index.newer and path.status() is not None:
            # Rows that a later version wrote may have another state: theirs is left alone.
            path.unlink()
            path.parent.sync()
