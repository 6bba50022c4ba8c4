"""Restores rows from a quarantine that are valid now: `repair --restore`."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from burnbook.base.errors import BadData
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import plural
from burnbook.book import codec, journal, lock, quarantine
from burnbook.book.book import Book
from burnbook.check import Finding, journals
from burnbook.repair import rewrite
from burnbook.repair import rows as repair_rows
from burnbook.repair.derived import settled
from burnbook.repair.rewrite import Edit
from burnbook.rows.meters import Moment

KIND = "restore"
_LAST = datetime.max.replace(tzinfo=UTC)


class _Stamps(msgspec.Struct):
    id: str
    recorded_at: Moment


class QuarantinedRow(NamedTuple):
    """A valid row of a quarantine; `after` is that of its `Kept`."""

    id: str
    recorded_at: datetime
    line: bytes
    after: str | None


class Restorable(NamedTuple):
    """Rows that can be restored to a journal, and findings for rows that cannot."""

    name: str
    rows: list[QuarantinedRow]
    remaining: list[Finding]


def find_restorable(root: str, newer: Mapping[str, str]) -> list[Restorable]:
    """Rows of each quarantine that its journal lacks. `newer` journals are never changed."""
    restorable = []
    for name in journals.names(root):
        waiting = _of(root, name)
        file = f"{name}.jsonl"
        if waiting.rows and file in newer:
            reason = f"has {plural(len(waiting.rows), 'row')} to put back"
            finding = Finding("row", f"{file}.quarantine", 0, reason)
            waiting = Restorable(name, [], [finding, *waiting.remaining])
        if waiting.rows or waiting.remaining:
            restorable.append(waiting)
    return restorable


def _of(root: str, name: str) -> Restorable:
    rows: dict[str, QuarantinedRow] = {}
    bad: list[tuple[str | None, Finding]] = []
    for number, entry in enumerate(quarantine.read(root, name), start=1):
        if entry.base64 is None:
            continue  # it records a lost row
        line = codec.plain(entry.base64)
        try:
            row = codec.verify(name, line)
        except codec.Newer as error:
            row = error.row
        except BadData as error:
            reason = f"is still corrupt: {error}"
            bad.append((entry.id, Finding("row", f"{name}.jsonl.quarantine", number, reason)))
            continue
        rows.setdefault(
            row.id, QuarantinedRow(row.id, _stamps(line)[1] or _LAST, line, entry.after)
        )
    ids = {*rows, *(row_id for row_id, _ in bad if row_id)}
    present = _present(journal.path_of(root, name), ids)
    missing = [row for row_id, row in rows.items() if row_id not in present]
    return Restorable(name, missing, [entry for row_id, entry in bad if row_id not in present])


def restore(book: Book, waiting: Sequence[Restorable]) -> list[str]:
    """Restores the rows, and returns a line for each journal. Quarantines are not changed."""
    return [_put(book, name, rows) for name, rows, _ in waiting if rows]


def _put(book: Book, name: str, rows: Sequence[QuarantinedRow]) -> str:
    path = journal.path_of(book.root, name)
    with repair_rows.repair_lock(book):
        if journal.file_of(path) is None:
            with lock.book_lock(book.root):
                journal.append(book.root, {name: b""})
        end = settled(book, name)
        wanted = {row.id for row in rows} | {row.after for row in rows if row.after}
        present = _present(path, wanted)
        rows = [
            row for row in rows if row.id not in present
        ]  # another repair may have restored them
        if not rows:
            return f"{name}.jsonl: these rows were already restored"
        lines = [row.line for row in rows]
        note = repair_rows.anomaly(
            KIND, name, lines, "put back from", "were put back from its quarantine"
        )
        with rewrite.Edited(path, _edits(path, rows, present, end)) as edited:
            backup = repair_rows.put(book, name, edited, end, note)
    return (
        f"{name}.jsonl: restored {plural(len(rows), 'row')} from {name}.jsonl.quarantine; "
        f"original journal saved as {backup.last}"
    )


def _edits(
    path: RootedPath, rows: Sequence[QuarantinedRow], present: set[str], end: int
) -> Iterator[Edit]:
    """Inserts each row after the row that it followed, if the journal has that one.

    Else it goes before the first row that was recorded later, or to `end`.
    """
    followers: defaultdict[str, list[bytes]] = defaultdict(list)
    unplaced = []
    for row in rows:
        if row.after is not None and row.after in {"", *present}:
            followers[row.after].append(row.line)
        else:
            unplaced.append(row)
    waiting = deque(sorted(unplaced, key=lambda row: row.recorded_at))
    yield from (Edit(0, 0, line) for line in followers.pop("", ()))
    for offset, line in journal.lines(path):
        if offset >= end or not (waiting or followers):
            break
        row_id, moment = _stamps(line)
        while moment and waiting and waiting[0].recorded_at < moment:
            yield Edit(offset, 0, waiting.popleft().line)
        yield from (Edit(offset + len(line), 0, data) for data in followers.pop(row_id or "", ()))
    yield from (Edit(end, 0, row.line) for row in waiting)


def _stamps(line: bytes) -> tuple[str | None, datetime | None]:
    """The id of a row and the time at which it was recorded; None if unreadable."""
    try:
        row = msgspec.json.decode(line.removeprefix(codec.BOM), type=_Stamps)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return quarantine.id_of(line), None
    return row.id, row.recorded_at


def _present(path: RootedPath, ids: set[str]) -> set[str]:
    """The given ids that rows of a journal have."""
    row_ids = (_stamps(line)[0] for _, line in (journal.lines(path) if ids else ()))
    return {row_id for row_id in row_ids if row_id in ids}
