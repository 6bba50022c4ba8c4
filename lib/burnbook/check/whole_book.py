"""A whole book, looked at once."""

import time
from typing import Any, NamedTuple

from burnbook.base.errors import BadConfig
from burnbook.book.book import Book
from burnbook.check import (
    PASSING,
    Finding,
    derived,
    directory,
    journals,
    ledgers,
    references,
    states,
)
from burnbook.config.folders import ledgers as places_of
from burnbook.config.loader import Config
from burnbook.rows.meters import NewerRow
from burnbook.store import database
from burnbook.windows.snapshot_index import SNAPSHOTS, SnapshotIndex

_AGAIN, _PAUSE = 2, 0.2


class Looked(NamedTuple):
    """How many rows of each journal hold, and everything that was found."""

    rows: dict[str, int]
    found: list[Finding]

    @property
    def faults(self) -> list[Finding]:
        """What makes the answer no."""
        return [one for one in self.found if one.is_fault]

    @property
    def newer(self) -> dict[str, str]:
        """The journals that have rows of a later version, and what `check` says about them."""
        return {one.file: one.reason for one in self.found if one.kind == "newer"}

    @property
    def notes(self) -> list[Finding]:
        """What is worth knowing."""
        return [one for one in self.found if not one.is_fault]


def look(book: Book, config: Config) -> Looked:
    """Everything about a book. What a writer may be in the middle of is looked for again."""
    looked = once(book, config)
    for _ in range(_AGAIN):
        if not any(one.kind in PASSING for one in looked.faults):
            break
        time.sleep(_PAUSE)
        looked = once(book, config)
    return looked


class _Snapshots:
    """A follower: the index of the rows, for the states."""

    def __init__(self) -> None:
        self._connection = database.open_memory().connection
        for statement in SNAPSHOTS.tables:
            self._connection.execute(statement)

    @property
    def index(self) -> SnapshotIndex:
        """The index of the rows so far."""
        return SnapshotIndex(self._connection)

    def take(self, line: bytes, row: Any, offset: int) -> None:
        """The next line, and its row."""
        if row is not None and not isinstance(row, NewerRow):
            SNAPSHOTS.apply(self._connection, [(offset, len(line), row)])


class _Rows:
    """A follower: the rows of a small journal that hold, in their order."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def take(self, line: bytes, row: Any, offset: int) -> None:
        if row is not None and not isinstance(row, NewerRow):
            self.rows.append(row)


def once(book: Book, config: Config) -> Looked:
    """One look. The store is copied before the journals are read, so that these are further."""
    with derived.stored(book.root) as stored:
        return _once(book.root, config, stored)


def _once(root: str, config: Config, stored: derived.Stored) -> Looked:
    found: list[Finding] = []
    rows: dict[str, int] = {}
    ids = journals.Ids(root)
    snapshots = _Snapshots()
    kept = {name: _Rows() for name in ledgers.JOURNALS}
    names = {name: references.Names(name, ids) for name in references.NAMING}
    doubtful: set[str] = set()
    newer: set[str] = set()
    for name in journals.names(root):
        rebuilds = stored.rebuilds(name)
        others: list[Any] = [snapshots] if name == "snapshots" else []
        others += [one[name] for one in (kept, names) if name in one]
        rows[name], some = journals.look(root, name, ids, [*rebuilds, *others])
        found += some
        if any(one.kind == "newer" for one in some):
            newer.add(name)
        # With a row of the journal in doubt, what is made from it is in doubt too.
        if any(one.is_fault and one.kind != "form" for one in some):
            doubtful.add(name)
            continue
        for rebuild in rebuilds:
            found += rebuild.findings()
        # What rows of a later version say about states and ledgers is not known here.
        if name == "snapshots" and name not in newer:
            found += states.look(root, snapshots.index)
    found += stored.findings
    unknown = [one for follower in names.values() for one in follower.open]
    found += references.look(root, ids, unknown, doubtful)
    found += references.panes(root, ids) if "snapshots" not in doubtful else []
    unsure = set(ledgers.JOURNALS) if newer & set(ledgers.JOURNALS) else doubtful
    found += _ledgers(root, config, {name: one.rows for name, one in kept.items()}, unsure)
    own = _pages_inside(root, config)
    found += [one for one in directory.look(root) if one.kind != "foreign" or one.file not in own]
    return Looked(rows, found)


def _pages_inside(root: str, config: Config) -> set[str]:
    """The names in the book under which the config has the pages, as the demo's does."""
    try:
        pages = places_of(config, root)
    except BadConfig:
        return set()
    return {path.name.split("/")[0] for path in pages if path.root == root and path.name}


def _ledgers(
    root: str, config: Config, rows: dict[str, list[Any]], doubtful: set[str]
) -> list[Finding]:
    """What ledgers say; a note where the config does not tell where they are, or whose days."""
    try:
        zone, folder = config.zone, places_of(config, root).folder
    except BadConfig as error:
        reason = f"{error}; ledgers and days are not looked at"
        return [Finding("config", "config", 0, reason, is_fault=False)]
    return [
        finding
        for ledger in ledgers.LEDGERS
        if ledger.journal not in doubtful
        for finding in ledgers.look(folder, ledger, ledgers.expected(ledger.form, rows, zone))
    ]
