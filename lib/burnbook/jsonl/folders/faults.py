"""Why a folder of an agent cannot be searched, and what to do about it."""

import os
import stat
from shlex import quote
from typing import NamedTuple

from burnbook.base.files import without_home


class PathFault(NamedTuple):
    """A path that cannot be read: what is wrong with it, and what to do."""

    path: str
    what: str
    action: str

    @property
    def text(self) -> str:
        """What is wrong with which path."""
        return f"{without_home(self.path)} {self.what}"


def fault_of(path: str) -> PathFault | None:
    """Why a folder cannot be searched; None if it can be, or if it does not exist.

    A folder above it may be the reason, which the fault then names.
    """
    for each in (*_parents(path), path):
        try:
            status = os.lstat(each)
        except OSError:
            return None  # a fault above it was returned already
        if stat.S_ISLNK(status.st_mode) and not os.path.exists(each):
            what = f"is a link to {_target(each)}, which does not exist"
            return PathFault(each, what, "restore that folder, or remove the link")
        if not os.path.isdir(each):
            return PathFault(each, "is not a folder", "move that file away")
        mode = os.X_OK if each != path else os.R_OK | os.X_OK
        if not os.access(each, mode):
            return closed(each)
    return None


def closed(path: str, what: str = "may not be searched", mode: str = "u+rx") -> PathFault:
    """The fault of a path without the permission."""
    try:
        is_own = os.stat(path).st_uid == os.geteuid()
    except OSError:
        is_own = False
    shown = quote(path)
    action = f"chmod {mode} {shown}" if is_own else f'sudo chown -R "$USER" {shown}'
    return PathFault(path, what, f"run {action}")


def _parents(path: str) -> list[str]:
    """The folders above a path, the highest first."""
    parents: list[str] = []
    while (parent := os.path.dirname(path)) != path:
        parents.insert(0, parent)
        path = parent
    return parents


def _target(link: str) -> str:
    try:
        return without_home(os.path.join(os.path.dirname(link), os.readlink(link)))
    except OSError:
        return "itself"
