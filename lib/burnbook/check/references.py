"""Rows that name rows of another journal, and panes kept of snapshots: whether those are there.

What a row names in its own journal is looked at with the rows. A journal may be ahead of what was
read of it, so what was not found is looked for once more.
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
from burnbook.rows.meters import Anomaly, Prompts, WindowRow
from burnbook.rows.work import Checkpoint

_SNAPSHOT = re.compile(r"s-[0-9a-f]{18}")
# The journals whose rows name others.
NAMING = ("windows", "anomalies", "prompts", "checkpoints")


class Reference(NamedTuple):
    """A row on a line of a journal names a row of another one."""

    journal: str
    line: int
    target: str
    row: str


def of(row: Any) -> Iterator[tuple[str, str]]:
    """(journal, id) of every row of another journal that a row names."""
    if isinstance(row, WindowRow):
        for one in row.closings:
            yield from (("snapshots", name) for name in (one.before, one.after) if name)
    elif isinstance(row, Anomaly):
        said = (row.first_from or "", row.second_from or "")
        yield from (("snapshots", name) for name in said if _SNAPSHOT.fullmatch(name))
    elif isinstance(row, Prompts):
        yield "snapshots", row.snapshot
    elif isinstance(row, Checkpoint) and row.churn is not None:
        yield "churn", row.churn


class Names:
    """A follower: what rows of one journal name that no row before them is."""

    def __init__(self, name: str, ids: Ids) -> None:
        self.name, self.ids = name, ids
        self.line = 0
        self.open: list[Reference] = []

    def take(self, line: bytes, row: Any, offset: int) -> None:
        """The next line, and its row; None where it does not hold."""
        self.line += 1
        for target, row_id in of(row):
            if self.ids.known.get(row_id) != target:
                self.open.append(Reference(self.name, self.line, target, row_id))


def look(root: str, ids: Ids, some: list[Reference], doubtful: set[str]) -> list[Finding]:
    """A fault for each reference to nothing; a note where that row is known to be lost.

    A journal with a line that does not hold is in doubt, and so is what it lacks.
    """
    found = []
    for one in some:
        if one.target in doubtful or _is_there(root, ids, one.target, one.row):
            continue
        reason = f"names {one.row}, which is not in {one.target}.jsonl"
        is_lost = one.row in named(root, one.journal) | named(root, one.target)
        if is_lost:
            reason += "; the quarantine names it"
        file = f"{one.journal}.jsonl"
        found.append(Finding("reference", file, one.line, reason, not is_lost, one.row))
    return found


def panes(root: str, ids: Ids) -> list[Finding]:
    """A note for each kept pane that is of no snapshot."""
    try:
        names = RootedPath(root, "raw").names()
    except (IOFault, OSError):
        return []  # what cannot be looked into is reported with the files
    return [
        Finding("pane", f"raw/{name}", 0, "is of no snapshot of this book", is_fault=False)
        for name in names
        if _SNAPSHOT.fullmatch(name[: -len(".txt")])
        and not _is_there(root, ids, "snapshots", name[: -len(".txt")])
    ]


def _is_there(root: str, ids: Ids, target: str, row_id: str) -> bool:
    if ids.known.get(row_id) == target:
        return True
    return row_id in journal.find(journal.path_of(root, target), [row_id])
