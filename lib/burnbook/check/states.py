"""state/: where agents stand, held against the snapshots, and how far feeds were read."""

import re

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.check import Finding
from burnbook.jsonl import follow
from burnbook.windows.snapshot_index import SnapshotIndex
from burnbook.windows.state import State, state_of, state_path

_STATE = re.compile(r"state/[^/]+/[^/]+\.json")
_NO_OFFSET = "has no offset; the feed's file is read again from its start"


def look(root: str, index: SnapshotIndex) -> list[Finding]:
    """A fault for each state that says something else than the journal does."""
    found: list[Finding] = []
    known: set[str] = set()
    for agent, provider in index.providers():
        path = state_path(root, agent, provider)
        known.add(path.name)
        if _state(path) != state_of(index, agent, provider):
            reason = "differs from the journal; the next snapshot rewrites it"
            found.append(Finding("state", path.name, 0, reason))
    return found + [one for path in _files(root) if path.name not in known for one in _of(path)]


def _of(path: RootedPath) -> list[Finding]:
    """What is to be said of a file below state/ that is of no snapshot."""
    if path.parent.last == ".feeds":
        is_cursor = _cursor(path)
        return [] if is_cursor else [Finding("state", path.name, 0, _NO_OFFSET, is_fault=False)]
    if path.parent.last == follow.OLD_FOLDER and _cursor(path):
        return []
    if not _STATE.fullmatch(path.name):
        return []  # it is reported with the files
    if _state(path):
        return [Finding("state-stray", path.name, 0, "no snapshot is about it")]
    return [Finding("foreign", path.name, 0, "is not a state of this book", is_fault=False)]


def _files(root: str) -> list[RootedPath]:
    """Every path two levels below state/; a link is not looked into."""
    top = RootedPath(root, "state")
    found: list[RootedPath] = []
    for folder in (top / name for name in _names(top)):
        found += [folder / name for name in _names(folder)]
    return found


def _names(folder: RootedPath) -> list[str]:
    try:
        return folder.names()
    except (IOFault, OSError):
        return []  # no directory, or a link: it is reported with the files


def _state(path: RootedPath) -> State | None:
    try:
        return msgspec.json.decode(path.read() or b"", type=State)
    except (IOFault, OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _cursor(path: RootedPath) -> bool:
    try:
        return follow.read(path) is not None
    except IOFault:
        return False
