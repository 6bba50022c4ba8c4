"""What `repair` moves out of journals: tails, rows that do not hold, and the names of lost ones."""

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
from burnbook.repair import rewrite
from burnbook.repair.derived import kept_at, settled
from burnbook.repair.rewrite import Edit
from burnbook.rows.meters import Anomaly
from burnbook.store import database, old_caches

KIND = "repair"
_WHY = "that are corrupt or duplicates were moved to its quarantine"
_UNDER_LOCK = 4 << 20  # bytes of a journal that are copied with the lock held: a few milliseconds
By = dict[str, list[Finding]]


def by_journal(found: Sequence[Finding]) -> By:
    """Findings by the journal that they are about."""
    some: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in found:
        some[one.file.removesuffix(".jsonl")].append(one)
    return some


def alone(book: Book) -> AbstractContextManager[None]:
    """Keep other repairs out, and no writer: quarantines are theirs alone."""
    return lock.folder_lock(RootedPath(book.root))


def tail(book: Book, name: str) -> str | None:
    """Move an unterminated row to `.broken`; what was done, in words."""
    with lock.book_lock(book.root):
        offset, torn = journal.torn_tail(journal.path_of(book.root, name))
        if not torn:
            return None
        heal(book.root, name)
    return f"{name}.jsonl: moved {len(torn)} unterminated bytes at {offset} to {name}.jsonl.broken"


def rows(book: Book, name: str, found: Sequence[Finding]) -> str | None:
    """Move lines that do not hold, and rows that stand there twice, to the quarantine.

    First they are kept there, then an anomaly says so, then the journal is put in place without
    them: whoever is killed in between is finished by the next call, and nothing is told twice.
    """
    path = journal.path_of(book.root, name)
    with alone(book):
        end = settled(book, name)
        lines = journal.at(path, [(one.offset, one.length) for one in found])
        first = _firsts(path, {one.row for one in found if one.kind == "twice"})
        pairs = zip(found, lines, strict=True)
        bad = [pair for pair in pairs if _still(path, name, *pair, first)]
        if not bad:
            return None
        after = _after(path, {one.offset for one, _ in bad})
        kept = [
            Kept(
                one.reason,
                one.line,
                one.offset,
                one.row or quarantine.id_of(line),
                line,
                after[one.offset],
            )
            for one, line in bad
        ]
        quarantine.keep(book.root, name, kept)
        note = anomaly(KIND, name, [line for _, line in bad], "moved to", _WHY)
        edits = sorted(Edit(one.offset, one.length) for one, _ in bad)
        with rewrite.Edited(path, edits) as made:
            before = put(book, name, made, end, note)
    target = quarantine.path_of(book.root, name).last
    return (
        f"{name}.jsonl: moved {plural(len(bad), 'row')} to {target}; "
        f"the journal as it was is {before.last}"
    )


def put(
    book: Book, name: str, made: rewrite.Edited, end: int, note: Anomaly | None = None
) -> RootedPath:
    """Put a journal in place, the lock held for the last piece of it; where the old one is.

    Before that the anomaly is booked that records it, where there is one.
    """
    path = journal.path_of(book.root, name)
    while True:
        made.copy(end)
        with lock.book_lock(book.root):
            heal(book.root, name)
            end = journal.size(path)
            if not made.is_of(journal.file_of(path)):
                raise Busy(f"{name}.jsonl was replaced by another program just now; try again")
            if end - made.done > _UNDER_LOCK:
                continue  # writers were quick: this is copied without the lock too
            if note is not None:
                _record(book, note)
            database.delete(book.root, wait=0)  # another process finds out by the journal's bytes
            old_caches.remove(book.root)
            before = kept_at(path)
            made.copy(journal.size(path))  # of the anomalies, the new one too
            made.put(before)
            return before


def lost(book: Book, name: str, found: Sequence[Finding]) -> str:
    """Keep in the quarantine that rows are lost which others name."""
    some = [
        Kept(f"the row on line {one.line} names it, and it is nowhere", id=one.row) for one in found
    ]
    with alone(book):
        quarantine.keep(book.root, name, some)
    ids = ", ".join(dict.fromkeys(str(one.row) for one in found))
    return f"{name}.jsonl: noted in the quarantine that {ids} is lost"


def _still(path: RootedPath, name: str, one: Finding, line: bytes, first: dict[str, int]) -> bool:
    """Whether a line is what it was when it was looked at: another repair may have been here."""
    if len(line) != one.length or not line.endswith(b"\n"):
        return False
    if one.offset and journal.at(path, [(one.offset - 1, 1)]) != [b"\n"]:
        return False
    try:
        row = codec.verify(name, line)
    except BadData:
        return one.kind == "row"
    return one.kind == "twice" and first.get(row.id, one.offset) < one.offset


def _after(path: RootedPath, places: set[int]) -> dict[int, str]:
    """For each place of a line the id of the last row before it that is at none of the places."""
    after: dict[int, str] = {}
    last = ""
    for offset, line in journal.lines(path):
        if len(after) == len(places):
            break
        if offset in places:
            after[offset] = last
        else:
            last = quarantine.id_of(line) or last
    return after


def _firsts(path: RootedPath, ids: set[str | None]) -> dict[str, int]:
    """Where the first row with each of these ids is."""
    first: dict[str, int] = {}
    for offset, line in journal.lines(path) if ids else ():
        row_id = quarantine.id_of(line)
        if row_id in ids and row_id is not None:
            first.setdefault(row_id, offset)
    return first


def anomaly(kind: str, name: str, lines: Sequence[bytes], how: str, why: str) -> Anomaly:
    """What a change of a journal is recorded as: the same however often it is begun."""
    from xxhash import xxh3_64_hexdigest

    return codec.make(
        Anomaly,
        kind=kind,
        subject=f"{name}.jsonl",
        first=len(lines),
        second=xxh3_64_hexdigest(b"".join(lines)),
        first_from=f"rows {how} the quarantine",
        second_from="XXH3 of their bytes",
        detail=f"{len(lines)} rows of {name}.jsonl {why}",
        source=kind,
    )


def _record(book: Book, row: Anomaly) -> None:
    heal(book.root, "anomalies")
    if not journal.find(journal.path_of(book.root, "anomalies"), [row.id]):
        journal.append(book.root, {"anomalies": codec.encode(row)})
