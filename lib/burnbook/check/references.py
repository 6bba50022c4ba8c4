"""Checks references between journals, and saved panes against their snapshots.

References within a journal are checked with its rows. A journal may have grown since it was read,
so a missing row is searched for once more.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal
from burnbook.book.quarantine import named
from burnbook.check import Finding
from burnbook.check.journals import Ids
from burnbook.rows.meters import Anomaly, WindowRow
from burnbook.rows.work import Checkpoint, Prompts

_SNAPSHOT = re.compile(r"s-[0-9a-f]{18}")
# The journals whose rows name others.
NAMING = ("windows", "anomalies", "prompts", "checkpoints")


class Reference(NamedTuple):
    """A row of a journal that names a row of another one."""

    journal: str
    line: int
    target: str
    row: str


def of(row: Any) -> Iterator[tuple[str, str]]:
    """Yields (journal, id) for every row of another journal that a row names."""
    if isinstance(row, WindowRow):
        for closing in row.closings:
            yield from (("snapshots", name) for name in (closing.before, closing.after) if name)
    elif isinstance(row, Anomaly):
        sources = (row.first_from or "", row.second_from or "")
        yield from (("snapshots", name) for name in sources if _SNAPSHOT.fullmatch(name))
    elif isinstance(row, Prompts):
        yield "snapshots", row.snapshot
    elif isinstance(row, Checkpoint) and row.churn is not None:
        yield "churn", row.churn


class Names:
    """A follower that collects references to rows which were not read so far."""

    def __init__(self, name: str, ids: Ids) -> None:
        self.name, self.ids = name, ids
        self.line = 0
        self.unresolved: list[Reference] = []

    def add(self, line: bytes, row: Any, offset: int) -> None:
        """Adds a line and its row, which is None if the line is corrupt."""
        self.line += 1
        for target, row_id in of(row):
            if self.ids.known.get(row_id) != target:
                self.unresolved.append(Reference(self.name, self.line, target, row_id))


def check_references(
    root: str, ids: Ids, references: list[Reference], doubtful: set[str]
) -> list[Finding]:
    """A fault for each reference to a missing row; a note if that row is known to be lost.

    References to `doubtful` journals, which have corrupt lines, are not checked.
    """
    findings = []
    for reference in references:
        if reference.target in doubtful or _is_there(root, ids, reference.target, reference.row):
            continue
        reason = f"names {reference.row}, which is not in {reference.target}.jsonl"
        is_lost = reference.row in named(root, reference.journal) | named(root, reference.target)
        if is_lost:
            reason += "; the quarantine names it"
        file = f"{reference.journal}.jsonl"
        findings.append(
            Finding("reference", file, reference.line, reason, not is_lost, reference.row)
        )
    return findings


def panes(root: str, ids: Ids) -> list[Finding]:
    """A note for each saved pane without a snapshot."""
    try:
        names = RootedPath(root, "raw").names()
    except (IOFault, OSError):
        return []  # reported by `check_directory`
    return [
        Finding("pane", f"raw/{name}", 0, "belongs to no snapshot of this book", is_fault=False)
        for name in names
        if _SNAPSHOT.fullmatch(name[: -len(".txt")])
        and not _is_there(root, ids, "snapshots", name[: -len(".txt")])
    ]


def _is_there(root: str, ids: Ids, target: str, row_id: str) -> bool:
    if ids.known.get(row_id) == target:
        return True
    return row_id in journal.find(journal.path_of(root, target), [row_id])
