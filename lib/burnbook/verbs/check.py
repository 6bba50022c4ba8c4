"""Verifies a whole book, and never writes."""

import os
import time
from glob import escape as glob_escape
from glob import glob
from typing import Any, NamedTuple

import msgspec

from burnbook import files, journal, records
from burnbook.blocks import Line
from burnbook.book import Book, State, state_of
from burnbook.derive.snapshots import Index
from burnbook.errors import NO, BadData, IOFault, Missing
from burnbook.repeats import Repeats
from burnbook.rows import Snapshot, Void
from burnbook.verbs import Context, Result

LARGE = ("proxy_telemetry", "agent_usage")


class Fault(NamedTuple):
    """One thing that does not hold: in which file, on which line (0: the file), and why."""

    file: str
    line: int
    reason: str


def run(ctx: Context, args: Any) -> Result:
    """Every journal, then state against journals. Exit 1 where there is a fault."""
    root = ctx.book.root
    if not os.path.isdir(root):
        raise Missing(f"there is no book at {root}")
    rows, faults = _look(ctx.book)
    for _ in range(2):
        if faults:
            # A writer may be between its row and its state: what holds a moment later, holds.
            time.sleep(0.2)
            rows, faults = _look(ctx.book)
    total = sum(rows.values())
    verdict = "ok" if not faults else "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    counted = ", ".join(f"{name} {n:,}" for name, n in rows.items() if n)
    summary = f"{verdict}: {total:,} {'row' if total == 1 else 'rows'} verified" + (
        f" ({counted})" if counted else ""
    )
    found = [Line(f"{f.file}:{f.line or ''} {f.reason}") for f in faults]
    data = {
        "ok": not faults,
        "rows": rows,
        "rows_verified": total,
        "faults": [f._asdict() for f in faults],
    }
    quiet = args.quiet and not faults
    return Result([] if quiet else [Line(summary, strong=True), *found], data, NO if faults else 0)


def _look(book: Book) -> tuple[dict[str, int], list[Fault]]:
    faults: list[Fault] = []
    index = Index()
    ids: dict[str, str] = {}
    names = [*records.JOURNALS, *_rejects(book.root)]
    rows = {name: _journal(book.root, name, ids, index, faults) for name in names}
    if not any(fault.file == "snapshots.jsonl" for fault in faults):
        # With a row of the journal in doubt, what the state should be is in doubt too.
        _states(book, index, faults)
    return rows, faults


def _journal(root: str, name: str, ids: dict[str, str], index: Index, faults: list[Fault]) -> int:
    path = journal.path_of(root, name)
    verified, number = 0, 0
    large = Repeats() if name in LARGE else None
    try:
        for number, (offset, line) in enumerate(journal.lines(path), start=1):
            try:
                row = records.verify(name, line)
                if large is None:
                    _placed(row, name, ids)
            except BadData as error:
                faults.append(Fault(f"{name}.jsonl", number, str(error)))
                continue
            verified += 1
            if large is not None:
                target = getattr(row, "supersedes", None)
                if target is not None and not large.has(target):
                    reason = f"supersedes {target}, which stands nowhere before it"
                    faults.append(Fault(f"{name}.jsonl", number, reason))
                    verified -= 1
                large.add(line)
                continue
            ids[row.id] = name
            if isinstance(row, Snapshot | Void):
                index.add(row, offset, len(line))
        for again, row_id in large.places(path) if large else ():
            faults.append(Fault(f"{name}.jsonl", again, f"id {row_id} stands there already"))
            verified -= 1
        _, tail = journal.torn_tail(path)
        if tail:
            reason = f"an unterminated row of {len(tail)} bytes; the next append moves it aside"
            faults.append(Fault(f"{name}.jsonl", number + 1, reason))
    except (IOFault, OSError) as error:
        faults.append(Fault(f"{name}.jsonl", 0, str(error)))
    return verified


def _rejects(root: str) -> list[str]:
    found = glob(os.path.join(glob_escape(root), records.REJECTS, "*.jsonl"))
    return [records.REJECTS + os.path.basename(path)[: -len(".jsonl")] for path in sorted(found)]


def _placed(row: Any, name: str, ids: dict[str, str]) -> None:
    """Raises BadData where the row's id stands already, or what it refers to does not."""
    if row.id in ids:
        raise BadData(f"id {row.id} stands in {ids[row.id]}.jsonl already")
    targets = []
    if isinstance(row, Void):
        targets = [("voids", row.void)]
    elif getattr(row, "supersedes", None):
        targets = [("supersedes", row.supersedes)]
    for how, target in targets:
        if ids.get(target) != name:
            raise BadData(f"{how} {target}, which stands nowhere before it")


def _states(book: Book, index: Index, faults: list[Fault]) -> None:
    folder = os.path.join(book.root, "state")
    wanted = {(e.agent, e.provider) for window in index.windows() for e in index.entries(window)}
    for agent, provider in sorted(wanted):
        path = book.state_path(agent, provider)
        where = os.path.relpath(path, book.root)
        told = _told(path)
        if told != state_of(index, agent, provider):
            faults.append(
                Fault(where, 0, "differs from the journal; the next snapshot rewrites it")
            )
    known = {book.state_path(*who) for who in wanted}
    for path in sorted(glob(os.path.join(glob_escape(folder), "*", "*"))):
        cursor = os.path.dirname(path) == os.path.join(folder, "feeds")  # how far a feed was read
        if path not in known and not cursor:
            faults.append(Fault(os.path.relpath(path, book.root), 0, "no snapshot speaks of it"))


def _told(path: str) -> State | None:
    try:
        return msgspec.json.decode(files.read_bytes(path) or b"", type=State)
    except (OSError, msgspec.DecodeError):
        return None
