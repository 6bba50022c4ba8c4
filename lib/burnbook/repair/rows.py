"""Moves unterminated, corrupt and duplicate rows out of journals, and records lost rows."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager

from burnbook.base.errors import BadData, Busy
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import codec, journal, lock, quarantine
from burnbook.book.book import Book
from burnbook.book.quarantine import Kept
from burnbook.book.recovery import heal
from burnbook.check import Finding
from burnbook.check.chains.rewriting import REPAIR, Rewriting
from burnbook.repair import rewrite
from burnbook.repair.derived import backup_path, settled
from burnbook.repair.rewrite import Edit
from burnbook.rows.meters import Anomaly, Row
from burnbook.store import database, old_caches

KIND = "repair"
_WHY = "that are corrupt or duplicates were moved to its quarantine"
_UNDER_LOCK = 4 << 20  # bytes that may be copied with the lock held, which takes milliseconds


def by_journal(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Groups findings by the name of their journal."""
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.file.removesuffix(".jsonl")].append(finding)
    return groups


def repair_lock(book: Book) -> AbstractContextManager[None]:
    """A lock against other repairs, not against writers, which use no quarantine."""
    return lock.folder_lock(RootedPath(book.root))


def tail(book: Book, name: str) -> str | None:
    """Moves an unterminated row to `.broken`, and returns a line about it."""
    with lock.book_lock(book.root):
        offset, torn = journal.torn_tail(journal.path_of(book.root, name))
        if not torn:
            return None
        heal(book.root, name)
    return f"{name}.jsonl: moved {len(torn)} unterminated bytes at {offset} to {name}.jsonl.broken"


def rows(book: Book, name: str, findings: Sequence[Finding]) -> str | None:
    """Moves corrupt and duplicate rows to the quarantine.

    Writes the quarantine, then an anomaly, then the journal without the rows. If the process is
    killed in between, the next call completes the repair, and nothing is recorded twice.
    """
    path = journal.path_of(book.root, name)
    with repair_lock(book):
        end = settled(book, name)
        lines = journal.at(path, [(finding.offset, finding.length) for finding in findings])
        first_offsets = _firsts(
            path, {finding.row for finding in findings if finding.kind == "twice"}
        )
        pairs = zip(findings, lines, strict=True)
        bad = [pair for pair in pairs if _is_unchanged(path, name, *pair, first_offsets)]
        if not bad:
            return None
        after = _after(path, {finding.offset for finding, _ in bad})
        kept = [
            Kept(
                finding.reason,
                finding.line,
                finding.offset,
                finding.row or quarantine.id_of(line),
                line,
                after[finding.offset],
            )
            for finding, line in bad
        ]
        quarantine.keep(book.root, name, kept)
        note = anomaly(KIND, name, [line for _, line in bad], "moved to", _WHY)
        edits = sorted(Edit(finding.offset, finding.length) for finding, _ in bad)
        with rewrite.Edited(path, edits) as edited:
            backup = put(book, name, edited, end, note)
    target = quarantine.path_of(book.root, name).last
    return (
        f"{name}.jsonl: quarantined {plural(len(bad), 'row')} in {target}; "
        f"original journal saved as {backup.last}"
    )


def put(
    book: Book, name: str, edited: rewrite.Edited, end: int, note: Anomaly | None = None
) -> RootedPath:
    """Replaces a journal, with the lock held for the last part only; returns the original's path.

    The anomaly that records the change, if any, is booked first, then the links of its chains.
    """
    path = journal.path_of(book.root, name)
    rewriting = Rewriting(book.root, name, REPAIR, edited.target)
    while True:
        edited.copy(end)
        rewriting.read()
        with lock.book_lock(book.root):
            heal(book.root, name)
            end = journal.size(path)
            if not edited.is_of(journal.file_of(path)):
                raise Busy(f"{name}.jsonl was just replaced by another program; try again")
            if end - edited.done > _UNDER_LOCK:
                continue  # writers appended much: copy that without the lock too
            if note is not None:
                _record(book, "anomalies", note)
            database.delete(book.root, wait=0)  # other processes compare the bytes of the journal
            old_caches.remove(book.root)
            backup = backup_path(path)
            edited.copy(journal.size(path))  # in the anomalies, includes the new one
            for row in rewriting.rows():
                _record(book, "rewrites", row)
            edited.copy(journal.size(path))
            edited.put(backup)
            return backup


def lost(book: Book, name: str, findings: Sequence[Finding]) -> str:
    """Records in the quarantine that rows are lost to which others refer."""
    kept = [
        Kept(f"the row on line {finding.line} names it, but it does not exist", id=finding.row)
        for finding in findings
    ]
    with repair_lock(book):
        quarantine.keep(book.root, name, kept)
    ids = ", ".join(dict.fromkeys(str(finding.row) for finding in findings))
    return f"{name}.jsonl: noted in the quarantine that {ids} is lost"


def _is_unchanged(
    path: RootedPath, name: str, finding: Finding, line: bytes, first_offsets: dict[str, int]
) -> bool:
    """Whether a line is as `check` found it. Another repair may have changed it since."""
    if len(line) != finding.length or not line.endswith(b"\n"):
        return False
    if finding.offset and journal.at(path, [(finding.offset - 1, 1)]) != [b"\n"]:
        return False
    try:
        row = codec.verify(name, line)
    except BadData:
        return finding.kind == "row"
    return finding.kind == "twice" and first_offsets.get(row.id, finding.offset) < finding.offset


def _after(path: RootedPath, offsets: set[int]) -> dict[int, str]:
    """Maps each offset to the id of the last row before it that is at none of the offsets."""
    after: dict[int, str] = {}
    last = ""
    for offset, line in journal.lines(path):
        if len(after) == len(offsets):
            break
        if offset in offsets:
            after[offset] = last
        else:
            last = quarantine.id_of(line) or last
    return after


def _firsts(path: RootedPath, ids: set[str | None]) -> dict[str, int]:
    """Maps each of these ids to the offset of its first row."""
    offsets: dict[str, int] = {}
    for offset, line in journal.lines(path) if ids else ():
        row_id = quarantine.id_of(line)
        if row_id in ids and row_id is not None:
            offsets.setdefault(row_id, offset)
    return offsets


def anomaly(kind: str, name: str, lines: Sequence[bytes], direction: str, reason: str) -> Anomaly:
    """The row that records a change of a journal. A repeated repair makes the same row."""
    from xxhash import xxh3_64_hexdigest

    return codec.make(
        Anomaly,
        kind=kind,
        subject=f"{name}.jsonl",
        first=len(lines),
        second=xxh3_64_hexdigest(b"".join(lines)),
        first_from=f"rows {direction} the quarantine",
        second_from="XXH3 of their bytes",
        detail=f"{len(lines)} rows of {name}.jsonl {reason}",
        source=kind,
    )


def _record(book: Book, name: str, row: Row) -> None:
    heal(book.root, name)
    if not journal.find(journal.path_of(book.root, name), [row.id]):
        journal.append(book.root, {name: codec.encode(row)})
