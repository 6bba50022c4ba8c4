"""Puts rows back from a quarantine where they hold now: `repair --restore`."""

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
from burnbook.repair import rows as _moved
from burnbook.repair.derived import settled
from burnbook.repair.rewrite import Edit
from burnbook.rows.meters import Moment

KIND = "restore"
_LAST = datetime.max.replace(tzinfo=UTC)


class _Stamps(msgspec.Struct):
    id: str
    recorded_at: Moment


class Held(NamedTuple):
    """A row of a quarantine that holds; `after` is that of its `Kept`."""

    id: str
    recorded_at: datetime
    line: bytes
    after: str | None


class Waiting(NamedTuple):
    """Rows that can be put back into a journal, and the rows that stay and why."""

    name: str
    rows: list[Held]
    left: list[Finding]


def look(root: str, newer: Mapping[str, str]) -> list[Waiting]:
    """What each quarantine has that its journal lacks. `newer` are journals that nobody changes."""
    found = []
    for name in journals.names(root):
        waiting = _of(root, name)
        file = f"{name}.jsonl"
        if waiting.rows and file in newer:
            reason = f"has {plural(len(waiting.rows), 'row')} to put back"
            left = Finding("row", f"{file}.quarantine", 0, reason)
            waiting = Waiting(name, [], [left, *waiting.left])
        if waiting.rows or waiting.left:
            found.append(waiting)
    return found


def _of(root: str, name: str) -> Waiting:
    rows: dict[str, Held] = {}
    bad: list[tuple[str | None, Finding]] = []
    for number, one in enumerate(quarantine.read(root, name), start=1):
        if one.base64 is None:
            continue  # it names a row that is lost
        line = codec.plain(one.base64)
        try:
            row = codec.verify(name, line)
        except codec.Newer as error:
            row = error.row
        except BadData as error:
            reason = f"is still corrupt: {error}"
            bad.append((one.id, Finding("row", f"{name}.jsonl.quarantine", number, reason)))
            continue
        rows.setdefault(row.id, Held(row.id, _stamps(line)[1] or _LAST, line, one.after))
    ids = {*rows, *(row_id for row_id, _ in bad if row_id)}
    here = _present(journal.path_of(root, name), ids)
    held = [row for row_id, row in rows.items() if row_id not in here]
    return Waiting(name, held, [one for row_id, one in bad if row_id not in here])


def put(book: Book, waiting: Sequence[Waiting]) -> list[str]:
    """Put the rows back; what was done, line by line. The quarantines stay as they are."""
    return [_put(book, name, rows) for name, rows, _ in waiting if rows]


def _put(book: Book, name: str, rows: Sequence[Held]) -> str:
    path = journal.path_of(book.root, name)
    with _moved.alone(book):
        if journal.file_of(path) is None:
            with lock.book_lock(book.root):
                journal.append(book.root, {name: b""})
        end = settled(book, name)
        wanted = {one.id for one in rows} | {one.after for one in rows if one.after}
        here = _present(path, wanted)
        rows = [one for one in rows if one.id not in here]  # another repair may have been here
        if not rows:
            return f"{name}.jsonl: has these rows again already"
        lines = [one.line for one in rows]
        note = _moved.anomaly(
            KIND, name, lines, "put back from", "were put back from its quarantine"
        )
        with rewrite.Edited(path, _edits(path, rows, here, end)) as made:
            before = _moved.put(book, name, made, end, note)
    return (
        f"{name}.jsonl: put back {plural(len(rows), 'row')} from {name}.jsonl.quarantine; "
        f"the journal as it was is {before.last}"
    )


def _edits(path: RootedPath, rows: Sequence[Held], here: set[str], end: int) -> Iterator[Edit]:
    """Each row goes behind the row that it followed, where the journal has that one.

    Else it goes before the first row that was recorded later, or to the `end`.
    """
    behind: defaultdict[str, list[bytes]] = defaultdict(list)
    loose = []
    for one in rows:
        if one.after is not None and one.after in {"", *here}:
            behind[one.after].append(one.line)
        else:
            loose.append(one)
    waiting = deque(sorted(loose, key=lambda one: one.recorded_at))
    yield from (Edit(0, 0, line) for line in behind.pop("", ()))
    for offset, line in journal.lines(path):
        if offset >= end or not (waiting or behind):
            break
        row_id, moment = _stamps(line)
        while moment and waiting and waiting[0].recorded_at < moment:
            yield Edit(offset, 0, waiting.popleft().line)
        yield from (Edit(offset + len(line), 0, some) for some in behind.pop(row_id or "", ()))
    yield from (Edit(end, 0, one.line) for one in waiting)


def _stamps(line: bytes) -> tuple[str | None, datetime | None]:
    """The id of a row and when it was recorded, as far as they can be read."""
    try:
        row = msgspec.json.decode(line.removeprefix(codec.BOM), type=_Stamps)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return quarantine.id_of(line), None
    return row.id, row.recorded_at


def _present(path: RootedPath, ids: set[str]) -> set[str]:
    """Those of the ids that a row of a journal has."""
    found = (_stamps(line)[0] for _, line in (journal.lines(path) if ids else ()))
    return {row_id for row_id in found if row_id in ids}
