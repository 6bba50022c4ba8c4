"""Checks state/: the states of agents against their snapshots, and the cursors of feeds."""

import re

import msgspec

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.check import Finding
from burnbook.jsonl import follow
from burnbook.windows.snapshot_index import SnapshotIndex
from burnbook.windows.state import State, state_of, state_path

_STATE = re.compile(r"state/[^/]+/[^/]+\.json")
_NO_OFFSET = "has no offset; the feed's file is read from the start"


def check_states(root: str, index: SnapshotIndex) -> list[Finding]:
    """A fault for each state that differs from the journal."""
    findings: list[Finding] = []
    known: set[str] = set()
    for agent, provider in index.providers():
        path = state_path(root, agent, provider)
        known.add(path.name)
        if _state(path) != state_of(index, agent, provider):
            reason = "differs from the journal; the next snapshot rewrites it"
            findings.append(Finding("state", path.name, 0, reason))
    return findings + [
        finding for path in _files(root) if path.name not in known for finding in _of(path)
    ]


def _of(path: RootedPath) -> list[Finding]:
    """Findings for a file below state/ that belongs to no snapshot."""
    if path.parent.last == ".feeds":
        is_cursor = _cursor(path)
        return [] if is_cursor else [Finding("state", path.name, 0, _NO_OFFSET, is_fault=False)]
    if path.parent.last == follow.OLD_FOLDER and _cursor(path):
        return []
    if not _STATE.fullmatch(path.name):
        return []  # reported by `check_directory`
    if _state(path):
        return [Finding("state-stray", path.name, 0, "belongs to no snapshot")]
    return [Finding("foreign", path.name, 0, "is not a state of this book", is_fault=False)]


def _files(root: str) -> list[RootedPath]:
    """Every path two levels below state/, without following links."""
    top = RootedPath(root, "state")
    paths: list[RootedPath] = []
    for folder in (top / name for name in _names(top)):
        paths += [folder / name for name in _names(folder)]
    return paths


def _names(folder: RootedPath) -> list[str]:
    try:
        return folder.names()
    except (IOFault, OSError):
        return []  # not a directory, or a link: reported by `check_directory`


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
