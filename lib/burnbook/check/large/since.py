"""Verifies only the rows that were recorded since a moment, and the rows that they refer to."""

import re
from collections import Counter
from collections.abc import Iterator, Set
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from burnbook.base.errors import BadData, IOFault, UsageError
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.check import Finding, conflicts, forms, references
from burnbook.check.chains.report import ChainReport
from burnbook.check.chains.verify import check_chains
from burnbook.check.journals import LARGE, names, reference
from burnbook.rows.meters import Void
from burnbook.rows.skipped import Passed, newer_rows
from burnbook.rows.usage import AgentUsage
from burnbook.times import clock

_AT = re.compile(rb'"recorded_at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)')
_SECONDS = 19  # characters of a time up to its seconds
MOST = 200_000
"""Rows of a journal: their ids are in memory. For more, a whole check takes no longer."""


class Line(NamedTuple):
    """A valid row: the number of its line, its id, and the rows that it names."""

    number: int
    row_id: str
    targets: tuple[str, ...]
    others: tuple[tuple[str, str], ...]  # journals and ids


class Recent(NamedTuple):
    """The valid rows recorded since a moment, and the chains, by journal; and the findings."""

    rows: dict[str, int]
    chains: dict[str, ChainReport]
    findings: list[Finding]


def check_since(root: str, since: datetime) -> Recent:
    """Verifies the rows of all journals that were recorded since a moment.

    A line without a time that can be read is one of them. The chains of a journal that has any are
    verified from its start, because they show whether a row was inserted or removed.
    """
    recent = Recent({}, {}, [])
    for name in names(root):
        try:
            _check(root, name, since, recent)
        except (IOFault, OSError) as error:
            recent.findings.append(Finding("file", f"{name}.jsonl", 0, str(error)))
    return recent


def _check(root: str, name: str, since: datetime, recent: Recent) -> None:
    path, file = journal.path_of(root, name), f"{name}.jsonl"
    if journal.is_utf16(path):
        recent.findings.append(Finding("file", file, 0, journal.UTF16))
        return
    text = since.isoformat()[:_SECONDS].encode()
    counts, newer, rows = Counter[str](), Passed(), list[Line]()
    damaged: list[int] = []
    new = 0
    for number, offset, line in _recorded_since(path, text):
        new += 1
        if new > MOST:
            raise UsageError(
                f"over {MOST:,} rows of {name} were recorded since {clock.iso(since)}; "
                "run check without --since"
            )
        kinds = forms.of(line)
        try:
            row = codec.verify(name, line)
            rows.append(Line(number, row.id, _targets(row), tuple(references.of(row))))
            counts.update(kinds)
        except codec.Newer as error:
            newer.miss(error.row)
        except BadData as error:
            if kinds == ["blank"]:
                counts.update(kinds)
                continue
            damaged.append(number)
            finding = Finding("row", file, number, str(error), True, None, offset, len(line))
            recent.findings.append(finding)
    recent.rows[name] = len(rows)
    recent.findings.extend(forms.findings(file, counts))
    if newer.newer:
        reason = f"has {newer_rows(newer.newer)}, left alone and not counted"
        recent.findings.append(Finding("newer", file, 0, reason, is_fault=False))
    recent.findings.extend(_relations(root, name, rows))
    if new:
        recent.chains[name] = check_chains(root, name, damaged=damaged)
        recent.findings.extend(recent.chains[name].findings)
    _, tail = journal.torn_tail(path)
    if tail:
        reason = f"an unterminated row of {len(tail)} bytes; the next append moves it aside"
        recent.findings.append(Finding("tail", file, 0, reason))


def _recorded_since(path: RootedPath, text: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yields number, offset and bytes of each line that does not have an earlier time."""
    number = 0
    for offset, lines in journal.batches(path):
        times = _AT.findall(b"".join(lines))
        if len(times) == len(lines) and max(times) < text:
            number += len(lines)
            continue
        for line in lines:
            number += 1
            match = _AT.search(line)
            if not match or match[1] >= text:
                yield number, offset, line
            offset += len(line)


def _with_ids(path: RootedPath, name: str, ids: Set[str]) -> Iterator[tuple[int, str, bytes]]:
    """Yields number, id and bytes of each line that has one of these ids."""
    number, encoded = 0, {row_id.encode() for row_id in ids}
    for _, lines in journal.batches(path):
        # Most batches of a large journal have none: that takes a tenth of the time to see.
        if name in LARGE and encoded.isdisjoint([line[7:25] for line in lines]):
            number += len(lines)
            continue
        for line in lines:
            number += 1
            row_id = conflicts.id_of(line)
            if row_id is not None and row_id in ids:
                yield number, row_id, line


def _relations(root: str, name: str, rows: list[Line]) -> Iterator[Finding]:
    """Duplicates of these rows, and what they refer to: a second pass looks for these ids."""
    if not rows:
        return
    wanted: dict[str, int] = {}
    for line in rows:
        for target in line.targets:
            wanted.setdefault(target, line.number)
    ids = {line.row_id for line in rows}
    first_line: dict[str, int] = {}
    known: dict[str, set[bytes]] = {}
    twice: list[Finding] = []
    path = journal.path_of(root, name)
    for number, row_id, text in _with_ids(path, name, ids | wanted.keys()):
        first_line.setdefault(row_id, number)
        if row_id in ids:
            content, seen = codec.plain(text), known.setdefault(row_id, set())
            if content in seen:
                reason = f"id {row_id} is a duplicate"
                twice.append(Finding("twice", f"{name}.jsonl", number, reason, row=row_id))
            seen.add(content)
    yield from twice
    differing = [row_id for row_id, contents in known.items() if len(contents) > 1]
    yield from conflicts.findings([path], name, differing)
    for target, number in wanted.items():
        if first_line.get(target, number) >= number:
            yield reference(root, name, number, "refers to", target)
    for line in rows:
        for other, target in line.others:
            rows_by_id = {}
            with suppress(IOFault, OSError):  # a finding of its own
                rows_by_id = journal.find(journal.path_of(root, other), [target])
            if target not in rows_by_id:
                reason = f"names {target}, which is not in {other}.jsonl"
                yield Finding("reference", f"{name}.jsonl", line.number, reason, row=line.row_id)


def _targets(row: Any) -> tuple[str, ...]:
    """The ids of earlier rows of its journal that a row refers to."""
    if isinstance(row, Void):
        return (row.void,)
    first = row.first if isinstance(row, AgentUsage) else None
    named = (getattr(row, "supersedes", None), first)
    return tuple(target for target in named if target is not None)
