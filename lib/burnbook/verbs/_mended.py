"""What `repair` does about each kind of finding, a line told for each thing done."""

import os
import shutil
from collections import defaultdict
from collections.abc import Sequence

from burnbook import clock, excise, files, journal, lock, quarantine, records
from burnbook.book import Book, state_of
from burnbook.derive.snapshots import Index
from burnbook.errors import BadData, IOFault, os_sentence
from burnbook.heal import heal
from burnbook.intake import read_key
from burnbook.integrity import Finding
from burnbook.keys import Keys
from burnbook.quarantine import Kept
from burnbook.records import REJECTS
from burnbook.rejects import read_reject
from burnbook.requests import Requests
from burnbook.rows import Anomaly

KIND = "repair"
By = dict[str, list[Finding]]


def by_journal(found: Sequence[Finding]) -> By:
    """Findings by the journal that they are about."""
    some: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in found:
        some[one.file.removesuffix(".jsonl")].append(one)
    return some


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
    with lock.book_lock(book.root):
        heal(book.root, name)
        lines = journal.at(path, [(one.offset, one.length) for one in found])
        first = _firsts(path, {one.row for one in found if one.kind == "twice"})
        pairs = zip(found, lines, strict=True)
        bad = [pair for pair in pairs if _still(path, name, *pair, first)]
        if not bad:
            return None
        kept = [
            Kept(one.reason, one.line, one.offset, one.row or quarantine.id_of(line), line)
            for one, line in bad
        ]
        quarantine.keep(book.root, name, kept)
        _record(book, name, kept)
        _forget(book, name)
        before = _before(path)
        places = [(one.offset, one.length) for one, _ in bad]
        excise.put_without(path, places, before)
    shown = "1 row" if len(bad) == 1 else f"{len(bad)} rows"
    return (
        f"{name}.jsonl: moved {shown} to {os.path.basename(quarantine.path_of(book.root, name))}; "
        f"the journal as it was is {os.path.basename(before)}"
    )


def lost(book: Book, name: str, found: Sequence[Finding]) -> str:
    """Keep in the quarantine that rows are lost which others name."""
    some = [
        Kept(f"the row on line {one.line} names it, and it stands nowhere", id=one.row)
        for one in found
    ]
    with lock.book_lock(book.root):
        quarantine.keep(book.root, name, some)
    ids = ", ".join(dict.fromkeys(str(one.row) for one in found))
    return f"{name}.jsonl: noted in the quarantine that {ids} is lost"


def states(book: Book) -> None:
    """Make state/ say what the snapshots say."""
    index = _index(book)
    wanted = {(e.agent, e.provider) for window in index.windows() for e in index.entries(window)}
    for agent, provider in sorted(wanted):
        book.put_state(agent, provider, state_of(index, agent, provider))


def _index(book: Book) -> Index:
    """The index made afresh: a cache that differs is one of the things that may be repaired."""
    index = Index()
    for offset, line in journal.lines(journal.path_of(book.root, "snapshots")):
        try:
            row = records.verify("snapshots", line)
        except BadData:
            continue
        index.add(row, offset, len(line))
    return index


def index_of(book: Book, name: str) -> None:
    """Make the keys of a journal afresh. Long, so what can be read is read without the lock."""
    made: Keys | Requests
    if name == "agent_usage":
        made = Requests(book.root)
    else:
        made = Keys(book.root, name, "1", read_reject if name.startswith(REJECTS) else read_key)
    with lock.book_lock(book.root):
        drop(os.path.join(book.root, "cache", f"{name}.keys"))
    made.prepare()
    with lock.book_lock(book.root):
        made.catch_up()


def clear(path: str) -> None:
    """Remove what a killed command left: its scratch file, or doctor's scratch folder."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        drop(path)


def drop(path: str) -> None:
    """Remove a derived file, or a folder of them."""
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            for name in os.listdir(path):
                os.unlink(os.path.join(path, name))
        elif os.path.lexists(path):
            os.unlink(path)
    except FileNotFoundError:
        return  # another command did it
    except OSError as error:
        raise IOFault(os_sentence("cannot remove what is derived", error)) from None


def mode(book: Book, one: Finding) -> str:
    """Give a file or directory of the book its mode, through a descriptor and no link."""
    path = os.path.join(book.root, one.file)
    wanted = files.DIR_MODE if os.path.isdir(path) else files.FILE_MODE
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except PermissionError:
        handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
        path = f"/proc/self/fd/{handle}"
    try:
        os.chmod(path, wanted) if path.startswith("/proc/") else os.fchmod(handle, wanted)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot change the mode of {one.file}", error)) from None
    finally:
        os.close(handle)
    return f"{one.file}: has mode {wanted:04o} now"


def _still(path: str, name: str, one: Finding, line: bytes, first: dict[str, int]) -> bool:
    """Whether a line is what it was when it was looked at: another repair may have been here."""
    if len(line) != one.length or not line.endswith(b"\n"):
        return False
    if one.offset and journal.at(path, [(one.offset - 1, 1)]) != [b"\n"]:
        return False
    try:
        row = records.verify(name, line)
    except BadData:
        return one.kind == "row"
    return one.kind == "twice" and first.get(row.id, one.offset) < one.offset


def _firsts(path: str, ids: set[str | None]) -> dict[str, int]:
    """Where the first row with each of these ids is."""
    first: dict[str, int] = {}
    for offset, line in journal.lines(path) if ids else ():
        row_id = quarantine.id_of(line)
        if row_id in ids and row_id is not None:
            first.setdefault(row_id, offset)
    return first


def _record(book: Book, name: str, kept: Sequence[Kept]) -> None:
    """The anomaly of one repair: the same however often it is begun."""
    from xxhash import xxh3_64_hexdigest

    hashed = xxh3_64_hexdigest(b"".join(one.base64 or b"" for one in kept))
    row = records.make(
        Anomaly,
        kind=KIND,
        subject=f"{name}.jsonl",
        first=len(kept),
        second=hashed,
        first_from="rows moved to the quarantine",
        second_from="XXH3 of their bytes",
        detail=f"{len(kept)} rows of {name}.jsonl that do not hold were moved to its quarantine",
        source=KIND,
    )
    heal(book.root, "anomalies")
    if not journal.find(journal.path_of(book.root, "anomalies"), [row.id]):
        journal.append(book.root, {"anomalies": records.encode(row)})


def _forget(book: Book, name: str) -> None:
    """Remove what was derived of a journal, before it is another one."""
    for file in (f"{name}.fold", f"{name}.days", f"{name}.keys"):
        drop(os.path.join(book.root, "cache", file))


def _before(path: str) -> str:
    """Where the journal stays as it was: the place that a repair which was cut off gave it."""
    folder, name = os.path.split(path)
    mark = f"{name}.before-repair-"
    mine = os.stat(path).st_ino
    for other in sorted(os.listdir(folder)):
        if other.startswith(mark) and os.stat(os.path.join(folder, other)).st_ino == mine:
            return os.path.join(folder, other)
    stamp = f"{clock.wall_clock():%Y%m%dT%H%M%S%fZ}"
    return f"{path}.before-repair-{stamp}"
