"""Rows with the same id and different bytes, which a merge keeps: the one recorded first counts."""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import NamedTuple

from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import codec, journal, precedence
from burnbook.book.precedence import Rank
from burnbook.check import Finding
from burnbook.rows.meters import NewerRow
from burnbook.times import clock

MOST = 1000
"""Conflicts of a journal that are listed."""


class Version(NamedTuple):
    """One of the rows with the same id: its line in the journal, its host and its moment."""

    line: int
    host: str
    recorded_at: datetime


class Conflict(NamedTuple):
    """The rows of a journal with the same id; the first one counts."""

    journal: str
    row: str
    versions: Sequence[Version]

    @property
    def text(self) -> str:
        """Which row counts, and which do not, for people."""
        counts, *others = self.versions
        rest = ", ".join(_shown(version) for version in others)
        return f"the row of {_shown(counts)} counts, not that of {rest}"


def conflicts(paths: Iterable[RootedPath], name: str, ids: Set[str]) -> list[Conflict]:
    """Returns the rows with these ids in a journal of one or several books.

    Ids whose rows all have the same bytes are left out.
    """
    versions: dict[str, dict[bytes, tuple[Rank, Version]]] = {}
    for path in paths if ids else ():
        for number, (_, line) in enumerate(journal.lines(path), start=1):
            row_id = id_of(line)
            if row_id not in ids or row_id is None:
                continue
            line = codec.plain(line)
            row = codec.read(name, line)
            if row is None or isinstance(row, NewerRow):
                continue
            version = Version(number, row.host, row.recorded_at)
            versions.setdefault(row_id, {}).setdefault(line, (precedence.rank(row, line), version))
    return [
        Conflict(name, row_id, [version for _, version in sorted(of_id.values())])
        for row_id, of_id in versions.items()
        if len(of_id) > 1
    ]


def id_of(line: bytes) -> str | None:
    """Returns the id at the start of a line; None if it has none there."""
    head, _, rest = line[:120].partition(b'"id":"')
    row_id, end, _ = rest.partition(b'"')
    return row_id.decode("utf-8", "replace") if end and len(head) < 30 else None


def findings(paths: Iterable[RootedPath], name: str, ids: Sequence[str]) -> list[Finding]:
    """Returns a note for each of these ids, at most MOST, and one that counts the rest."""
    file = f"{name}.jsonl"
    notes = [
        Finding(
            "conflict",
            file,
            conflict.versions[-1].line,
            f"{conflict.row} has {len(conflict.versions)} versions: {conflict.text}",
            is_fault=False,
            row=conflict.row,
        )
        for conflict in conflicts(paths, name, {*ids[:MOST]})
    ]
    if len(ids) > MOST:
        reason = f"{plural(len(ids) - MOST, 'more row')} have several versions"
        notes.append(Finding("conflict", file, 0, reason, is_fault=False))
    return notes


def _shown(version: Version) -> str:
    moment = clock.iso(version.recorded_at.replace(microsecond=0))
    return f"{version.host or 'an unknown host'} ({moment})"
