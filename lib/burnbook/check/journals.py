"""Checks every line of every journal: size, crc, schema, id and references.

Followers receive each line and row, so that a journal is read once, in bounded memory, however many
derived values are compared with it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

import msgspec
from xxhash import xxh3_64_intdigest

from burnbook.base.errors import BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.bulk_codec import decode_all
from burnbook.book.quarantine import named
from burnbook.check import Finding, conflicts, forms
from burnbook.check.duplicate_ids import DuplicateIds
from burnbook.rows.meters import Void
from burnbook.rows.skipped import Passed, newer_rows
from burnbook.rows.usage import ProxyRequest

# These have millions of rows, so their ids are not kept as text.
LARGE = ("proxy_telemetry", "agent_usage")
_STEP = 1 << 20  # bytes between two updates of the progress
_DECODED_IN_BATCHES = "proxy_telemetry"


class Follower(Protocol):
    """Receives each line of a journal in order."""

    def add(self, line: bytes, row: Any, offset: int) -> None:
        """Receives a line and its row, which is None if the line is corrupt."""


def names(root: str) -> list[str]:
    """The names of all journals that a book may have, those of rejected lines included."""
    try:
        files = RootedPath(root, codec.REJECTS.rstrip("/")).names()
    except (IOFault, OSError):
        files = []  # reported by `check_directory`
    ending = ".jsonl"
    rejects = [
        codec.REJECTS + name.removesuffix(ending)
        for name in files
        if name.endswith(ending) and name[0] != "."
    ]
    return [*codec.JOURNALS, *rejects]


class Ids:
    """Maps the ids of the small journals to the name of their journal.

    `conflicting` are the ids of the journal that is read now whose rows have different bytes.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.known: dict[str, str] = {}
        self.conflicting: dict[str, None] = {}
        self._hashes: dict[str, set[int]] = {}

    def faults(
        self, row: Any, text: bytes, name: str, position: tuple[str, int, int, int]
    ) -> list[Finding]:
        """Adds a valid row. Returns a finding for a duplicate row or a missing referenced row."""
        file, line, offset, length = position
        journal_name = self.known.setdefault(row.id, name)
        hashes = self._hashes.setdefault(row.id, set())
        content = xxh3_64_intdigest(codec.plain(text))
        if content in hashes or journal_name != name:
            reason = f"id {row.id} is a duplicate of a row in {journal_name}.jsonl"
            return [Finding("twice", file, line, reason, True, row.id, offset, length)]
        if hashes:
            self.conflicting[row.id] = None
        hashes.add(content)
        target = row.void if isinstance(row, Void) else getattr(row, "supersedes", None)
        if target is None or self.known.get(target) == name:
            return []
        verb = "voids" if isinstance(row, Void) else "supersedes"
        return [reference(self.root, name, line, verb, target)]

    def take(self) -> list[str]:
        """Returns the ids of this journal whose rows have different bytes, and forgets them."""
        ids = [*self.conflicting]
        self.conflicting, self._hashes = {}, {}
        return ids


def reference(root: str, name: str, number: int, verb: str, target: str) -> Finding:
    """A finding for a row that names no earlier row; a note if that one is in quarantine."""
    reason = f"{verb} {target}, which does not precede it"
    is_lost = target in named(root, name)
    if is_lost:
        reason += "; the quarantine names it"
    return Finding("reference", f"{name}.jsonl", number, reason, not is_lost, target)


def _lines(
    name: str, path: RootedPath, progress: Callable[[int], None]
) -> Iterator[tuple[int, bytes, Any]]:
    """Yields (offset, line, row); the row only for telemetry, if it and its batch are valid.

    `progress` gets the bytes that were read.
    """
    if name != _DECODED_IN_BATCHES:
        shown = 0
        for offset, line in journal.lines(path):
            if offset - shown > _STEP:
                progress(offset - shown)
                shown = offset
            yield offset, line, None
        return
    decoder = msgspec.json.Decoder(list[ProxyRequest])
    for offset, lines in journal.batches(path):
        rows = decode_all(lines, decoder) or [None] * len(lines)
        progress(sum(map(len, lines)))
        offsets = accumulate(map(len, lines), initial=offset)
        yield from zip(offsets, lines, rows, strict=False)


def check_journal(
    root: str,
    name: str,
    ids: Ids,
    followers: Sequence[Follower],
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[int, list[Finding]]:
    """Returns the number of valid rows of a journal, and its findings.

    `progress` gets the bytes that were read.
    """
    path, file = journal.path_of(root, name), f"{name}.jsonl"
    findings: list[Finding] = []
    index = DuplicateIds() if name in LARGE or name.startswith(codec.REJECTS) else None
    valid = number = end = 0
    newer, form_counts = Passed(), Counter[str]()
    row: Any
    try:
        if journal.is_utf16(path):
            return 0, [Finding("file", file, 0, journal.UTF16)]
        for number, (offset, line, row) in enumerate(_lines(name, path, progress), start=1):
            end = offset + len(line)
            if row is not None and index is not None:
                valid += 1
                index.add(line)
                if row.supersedes is not None:
                    index.refer(row.supersedes, number)
                for follower in followers:
                    follower.add(line, row, offset)
                continue
            line_forms = forms.of(line)
            try:
                row = codec.verify(name, line)
            except codec.Newer as error:
                row = error.row
                newer.miss(row)
                ids.known.setdefault(row.id, name)
            except BadData as error:
                row = None
                if line_forms != ["blank"]:
                    line_forms = []
                    bad = Finding("row", file, number, str(error), True, None, offset, len(line))
                    findings.append(bad)
            else:
                valid += 1
                if index is None:
                    position = file, number, offset, len(line)
                    faults = ids.faults(row, line, name, position)
                    valid -= any(finding.is_fault for finding in faults)
                    findings += faults
                else:
                    index.add(line)
                    for target in (getattr(row, "supersedes", None), getattr(row, "first", None)):
                        if target is not None:
                            index.refer(target, number)
            form_counts.update(line_forms)
            for follower in followers:
                follower.add(line, row, offset)
        findings += forms.findings(file, form_counts)
        if newer.newer:
            reason = f"has {newer_rows(newer.newer)}, left alone and not counted"
            findings.append(Finding("newer", file, 0, reason, is_fault=False))
        duplicates, missing, differing = index.find(path) if index else ([], [], ids.take())
        findings += conflicts.findings([path], name, differing)
        for at, offset, length, row_id in duplicates:
            reason = f"id {row_id} is a duplicate"
            findings.append(Finding("twice", file, at, reason, True, row_id, offset, length))
        # References to an earlier row of the same request: the one superseded, or the first.
        dangling = [reference(root, name, at, "refers to", target) for at, target in missing]
        valid -= len(duplicates) + sum(finding.is_fault for finding in dangling)
        findings += dangling
        offset, tail = journal.torn_tail(path)
        if tail and offset >= end:
            reason = f"an unterminated row of {len(tail)} bytes; the next append moves it aside"
            findings.append(
                Finding("tail", file, number + 1, reason, True, None, offset, len(tail))
            )
    except (IOFault, OSError) as error:
        findings.append(Finding("file", file, 0, str(error)))
    return valid, findings
