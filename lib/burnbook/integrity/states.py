"""state/: where agents stand, held against the snapshots, and how far feeds were read."""

import os
from glob import escape, glob

import msgspec

from burnbook import files
from burnbook.book import Book, State, state_of
from burnbook.cursor import Cursor
from burnbook.derive.snapshots import Index
from burnbook.integrity import Finding

_FEEDS = "feeds"


def look(book: Book, index: Index) -> list[Finding]:
    """A fault for each state that says something else than the journal does."""
    found: list[Finding] = []
    wanted = {(e.agent, e.provider) for window in index.windows() for e in index.entries(window)}
    known: set[str] = set()
    for agent, provider in sorted(wanted):
        path = book.state_path(agent, provider)
        known.add(path)
        if _told(path) != state_of(index, agent, provider):
            reason = "differs from the journal; the next snapshot rewrites it"
            found.append(Finding("state", os.path.relpath(path, book.root), 0, reason))
    for path in sorted(glob(os.path.join(escape(book.root), "state", "*", "*"))):
        where = os.path.relpath(path, book.root)
        if path in known:
            continue
        if os.path.basename(os.path.dirname(path)) == _FEEDS and path.endswith(".json"):
            if _cursor(path) is None:
                reason = "tells no place; the feed's file is read again from its start"
                found.append(Finding("state", where, 0, reason, is_fault=False))
        else:
            found.append(Finding("state-stray", where, 0, "no snapshot speaks of it"))
    return found


def _told(path: str) -> State | None:
    try:
        return msgspec.json.decode(files.read_bytes(path) or b"", type=State)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _cursor(path: str) -> Cursor | None:
    try:
        return msgspec.json.decode(files.read_bytes(path) or b"", type=Cursor)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
