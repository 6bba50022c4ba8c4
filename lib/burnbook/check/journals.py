"""Every line of every journal: size, crc, schema, id, and what it refers to.

Followers see each line and row as they pass, so that a journal is read once, however many derived
values are held against it, and in bounded memory.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

import msgspec

from burnbook.base.errors import BadData, IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, journal
from burnbook.book.bulk_codec import decode_all
from burnbook.book.quarantine import named
from burnbook.check import Finding, forms
from burnbook.check.duplicate_ids import Repeats
from burnbook.rows.meters import ProxyRequest, Void
from burnbook.rows.skipped import Passed, newer_rows

# By the million: their ids are not held as text.
LARGE = ("proxy_telemetry", "agent_usage")
_TOGETHER = "proxy_telemetry"  # the rows are decoded many at a time


class Follower(Protocol):
    """What looks at a journal as it passes."""

    def take(self, line: bytes, row: Any, offset: int) -> None:
        """The next line, and its row; None where it does not hold."""


def names(root: str) -> list[str]:
    """Every journal that a book has or may have, those of refused lines too."""
    try:
        found = RootedPath(root, codec.REJECTS.rstrip("/")).names()
    except (IOFault, OSError):
        found = []  # what cannot be looked into is reported with the files
    ending = ".jsonl"
    rejects = [
        codec.REJECTS + name.removesuffix(ending)
        for name in found
        if name.endswith(ending) and name[0] != "."
    ]
    return [*codec.JOURNALS, *rejects]


class Ids:
    """The ids of the small journals, by the journal that each stands in."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.known: dict[str, str] = {}

    def faults(self, row: Any, name: str, place: tuple[str, int, int, int]) -> list[Finding]:
        """What speaks against a row that holds; it is known from here on."""
        file, number, offset, length = place
        where = self.known.setdefault(row.id, "")
        if where:
            reason = f"id {row.id} is in {where}.jsonl already"
            return [Finding("twice", file, number, reason, True, row.id, offset, length)]
        self.known[row.id] = name
        target = row.void if isinstance(row, Void) else getattr(row, "supersedes", None)
        if target is None or self.known.get(target) == name:
            return []
        how = "voids" if isinstance(row, Void) else "supersedes"
        return [reference(self.root, name, number, how, target)]


def reference(root: str, name: str, number: int, how: str, target: str) -> Finding:
    """A row that names another which is not before it: a note where that one is in quarantine."""
    reason = f"{how} {target}, which is not before it"
    is_lost = target in named(root, name)
    if is_lost:
        reason += "; the quarantine names it"
    return Finding("reference", f"{name}.jsonl", number, reason, not is_lost, target)


def _lines(name: str, path: RootedPath) -> Iterator[tuple[int, bytes, Any]]:
    """Offset and line; for telemetry the row too if it and its neighbours hold."""
    if name != _TOGETHER:
        yield from ((offset, line, None) for offset, line in journal.lines(path))
        return
    decoder = msgspec.json.Decoder(list[ProxyRequest])
    for offset, lines in journal.batches(path):
        rows = decode_all(lines, decoder) or [None] * len(lines)
        offsets = accumulate(map(len, lines), initial=offset)
        yield from zip(offsets, lines, rows, strict=False)


def look(
    root: str, name: str, ids: Ids, followers: Sequence[Follower]
) -> tuple[int, list[Finding]]:
    """How many rows of a journal hold, and what else was found in it."""
    path, file = journal.path_of(root, name), f"{name}.jsonl"
    found: list[Finding] = []
    large = Repeats() if name in LARGE or name.startswith(codec.REJECTS) else None
    held = number = end = 0
    newer, odd = Passed(), Counter[str]()
    row: Any
    try:
        if journal.is_utf16(path):
            return 0, [Finding("file", file, 0, journal.UTF16)]
        for number, (offset, line, row) in enumerate(_lines(name, path), start=1):
            end = offset + len(line)
            if row is not None and large is not None:
                held += 1
                large.add(line)
                for follower in followers:
                    follower.take(line, row, offset)
                continue
            some = forms.of(line)
            try:
                row = codec.verify(name, line)
            except codec.Newer as error:
                row = error.row
                newer.miss(row)
                ids.known.setdefault(row.id, name)
            except BadData as error:
                row = None
                if some != ["blank"]:
                    some = []
                    bad = Finding("row", file, number, str(error), True, None, offset, len(line))
                    found.append(bad)
            else:
                held += 1
                if large is None:
                    place = file, number, offset, len(line)
                    against = ids.faults(row, name, place)
                    held -= any(one.is_fault for one in against)
                    found += against
                else:
                    large.add(line)
                    for target in (getattr(row, "supersedes", None), getattr(row, "first", None)):
                        if target is not None:
                            large.refer(target, number)
            odd.update(some)
            for follower in followers:
                follower.take(line, row, offset)
        found += forms.findings(file, odd)
        if newer.newer:
            reason = f"has {newer_rows(newer.newer)}, left alone and not counted"
            found.append(Finding("newer", file, 0, reason, is_fault=False))
        again, lost = large.places(path) if large else ([], [])
        for at, offset, length, row_id in again:
            reason = f"id {row_id} is there already"
            found.append(Finding("twice", file, at, reason, True, row_id, offset, length))
        # An earlier row of the same request: the one that it supersedes, or the first.
        back = [reference(root, name, at, "goes back to", target) for at, target in lost]
        held -= len(again) + sum(one.is_fault for one in back)
        found += back
        offset, tail = journal.torn_tail(path)
        if tail and offset >= end:
            reason = f"an unterminated row of {len(tail)} bytes; the next append moves it aside"
            found.append(Finding("tail", file, number + 1, reason, True, None, offset, len(tail)))
    except (IOFault, OSError) as error:
        found.append(Finding("file", file, 0, str(error)))
    return held, found
