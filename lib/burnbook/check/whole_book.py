"""Checks a whole book."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from burnbook.base.errors import IOFault
from burnbook.book import journal, precedence
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
from burnbook.check.chains.report import ChainReport, rewritten_links
from burnbook.check.chains.verify import check_chains
from burnbook.check.large import mark
from burnbook.check.large.mark import Marks
from burnbook.check.large.verify import LargeJournals
from burnbook.config.loader import Config
from burnbook.rows.meters import NewerRow
from burnbook.store import database
from burnbook.store.projection import Ranked
from burnbook.view.progress import Progress
from burnbook.windows.booked.snapshots import SNAPSHOTS
from burnbook.windows.snapshot_index import SnapshotIndex

_AGAIN, _PAUSE = 2, 0.2


Use = Literal["none", "new", "known"]
"""Marks of earlier checks: not used at all, only written, or used for what is unchanged."""


class CheckReport(NamedTuple):
    """The number of valid rows of each journal, its chains, and all findings.

    `unchanged` are the rows of these that an earlier check verified, and whose bytes are the same.
    """

    rows: dict[str, int]
    chains: dict[str, ChainReport]
    findings: list[Finding]
    unchanged: Mapping[str, int] = MappingProxyType({})

    @property
    def faults(self) -> list[Finding]:
        """The findings that make `check` exit with 1."""
        return [finding for finding in self.findings if finding.is_fault]

    @property
    def newer(self) -> dict[str, str]:
        """The journals with rows of a later version, each with the reason that `check` shows."""
        return {
            finding.file: finding.reason for finding in self.findings if finding.kind == "newer"
        }

    @property
    def notes(self) -> list[Finding]:
        """The findings that are not faults."""
        return [finding for finding in self.findings if not finding.is_fault]


def check_book(book: Book, config: Config, marks: Use = "none") -> CheckReport:
    """Checks a book. Faults that a running writer may cause are checked again."""
    report = check_once(book, config, marks)
    for _ in range(_AGAIN):
        if not any(finding.kind in PASSING for finding in report.faults):
            break
        time.sleep(_PAUSE)
        report = check_once(book, config, marks)
    return report


class _Snapshots:
    """A follower that builds the index of the snapshots, for the states."""

    def __init__(self, root: str) -> None:
        self._path = journal.path_of(root, "snapshots")
        self._connection = database.open_memory().connection
        for statement in SNAPSHOTS.tables:
            self._connection.execute(statement)

    @property
    def index(self) -> SnapshotIndex:
        """The index of the rows so far."""
        return SnapshotIndex(self._connection)

    def add(self, line: bytes, row: Any, offset: int) -> None:
        """Adds a line and its row."""
        if row is not None and not isinstance(row, NewerRow):
            entry = Ranked(row, line, self._path)
            SNAPSHOTS.apply(self._connection, [(offset, len(line), entry)])


class _Rows:
    """A follower that collects the rows of a small journal that count, by id."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Any, bytes]] = {}

    @property
    def rows(self) -> list[Any]:
        """The rows in the order of recording."""
        return precedence.in_order(row for row, _ in self._rows.values())

    def add(self, line: bytes, row: Any, offset: int) -> None:
        """Adds a line and its row."""
        if row is None or isinstance(row, NewerRow):
            return
        other = self._rows.setdefault(row.id, (row, line))
        if precedence.rank(row, line) < precedence.rank(*other):
            self._rows[row.id] = row, line


def check_once(book: Book, config: Config, use: Use = "none") -> CheckReport:
    """Checks a book once. The store is copied first, so that the journals have all of its rows."""
    marks = mark.load(book.root) if use == "known" else Marks()
    with derived.tables(book.root, partial(mark.copy_tables, book.root, marks)) as tables:
        large = LargeJournals(tables, marks)
        report = _once(book.root, config, tables, large)
        if use != "none":
            large.save()
        return report


def _once(root: str, config: Config, tables: derived.Tables, large: LargeJournals) -> CheckReport:
    findings: list[Finding] = []
    rows: dict[str, int] = {}
    unchanged: dict[str, int] = {}
    chains: dict[str, ChainReport] = {}
    ids = journals.Ids(root)
    snapshots = _Snapshots(root)
    collectors = {name: _Rows() for name in ledgers.JOURNALS}
    references_by_journal = {name: references.Names(name, ids) for name in references.NAMING}
    doubtful: set[str] = set()
    newer: set[str] = set()
    names = journals.names(root)
    progress = Progress("checking", sum(_size(root, name) for name in names))
    for name in names:
        verified = large.verify(name, progress)
        if verified is not None:
            rows[name], unchanged[name], chains[name] = verified
            findings += tables.check(name)
            continue
        others: list[Any] = [snapshots] if name == "snapshots" else []
        others += [group[name] for group in (collectors, references_by_journal) if name in group]
        rows[name], journal_findings = journals.check_journal(root, name, ids, others, progress)
        findings += journal_findings
        if any(finding.kind == "newer" for finding in journal_findings):
            newer.add(name)
        # Data derived from a journal with corrupt rows cannot be checked.
        if any(finding.is_fault and finding.kind != "form" for finding in journal_findings):
            doubtful.add(name)
            continue
        tables.build(name)
        findings += tables.check(name)
        # The effect of rows of a later version on states and ledgers is unknown.
        if name == "snapshots" and name not in newer:
            findings += states.check_states(root, snapshots.index)
    progress.clear()
    chains |= _chains(root, [name for name in names if name not in chains], findings)
    findings += [finding for report in chains.values() for finding in report.findings]
    findings += tables.findings
    unresolved = [ref for follower in references_by_journal.values() for ref in follower.unresolved]
    findings += references.check_references(root, ids, unresolved, doubtful)
    findings += references.panes(root, ids) if "snapshots" not in doubtful else []
    unsure = set(ledgers.JOURNALS) if newer & set(ledgers.JOURNALS) else doubtful
    findings += ledgers.check_ledgers(
        root, config, {name: group.rows for name, group in collectors.items()}, unsure
    )
    own = ledgers.pages_inside(root, config)
    findings += [
        finding
        for finding in directory.check_directory(root)
        if finding.kind != "foreign" or finding.file not in own
    ]
    return CheckReport(
        rows, {name: chains[name] for name in names if name in chains}, findings, unchanged
    )


def _chains(root: str, names: Sequence[str], findings: Sequence[Finding]) -> dict[str, ChainReport]:
    """The chains of each journal that can be read."""
    damaged: defaultdict[str, list[int]] = defaultdict(list)
    for finding in findings:
        if finding.kind == "row":
            damaged[finding.file].append(finding.line)
    reports = {}
    with suppress(IOFault, OSError):  # a finding of its own
        rewritten = rewritten_links(root)
        for name in names:
            known, lines = rewritten.get(name, {}), damaged[f"{name}.jsonl"]
            with suppress(IOFault, OSError):
                reports[name] = check_chains(root, name, known, lines)
    return reports


def _size(root: str, name: str) -> int:
    try:
        return journal.size(journal.path_of(root, name))
    except (IOFault, OSError):  # a finding of its own
        return 0
