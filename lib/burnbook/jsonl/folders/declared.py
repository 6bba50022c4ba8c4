"""The directories that a feed declares, on this machine."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from burnbook.config.agent_logs import VARIABLE
from burnbook.jsonl.folders import search
from burnbook.jsonl.folders.faults import fault_of


class _Expanded(NamedTuple):
    """The folders that match a directory, the one above its first `*`, and all that were searched.

    Without a `*`, the directory itself matches.
    """

    top: str
    searched: list[str]
    matches: list[str]


def existing(declared: Iterable[str]) -> list[str]:
    """The directories, with links resolved; where a name has `*`, the folders that match.

    If none matches, it is the directory above the first name with `*`, or the pattern itself where
    a name without `*` follows: that directory has other things as well.
    """
    folders = [path for each in _expand(declared) for path in each.matches or [each.top]]
    return [*dict.fromkeys(map(os.path.realpath, folders))]


def matching(declared: Iterable[str]) -> list[str]:
    """The directories, with their links; where a name has `*`, only the folders that match.

    If none matches, they are the folders that cannot be searched for one.
    """
    folders: list[str] = []
    for each in _expand(declared):
        closed = (path for path in each.searched if fault_of(path) is not None)
        folders += each.matches or closed
    return [*dict.fromkeys(folders)]


def _expand(declared: Iterable[str]) -> Iterator[_Expanded]:
    return filter(None, map(_expanded, declared))


def _expanded(root: str) -> _Expanded | None:
    """None for a directory that begins with a variable that has no absolute path."""
    plain, names = search.split(f"{root}/")
    plain = plain or "/"
    if variable := VARIABLE.match(f"{plain}/"):
        folder = os.path.expanduser(os.environ.get(variable[1], ""))
        if not folder.startswith("/"):
            return None
        folder += plain[variable.end() :]
    else:
        folder = os.path.expanduser(plain)
    searched, folders = [], [folder]
    for name in filter(None, names.split("/")):
        match = re.compile(search.regex(name)).fullmatch
        searched += folders
        below = [path for above in folders for path in search.inside(above)]
        named = [os.path.join(above, name) for above in folders]  # a file or a link to nothing
        broken = [path for path in named if os.path.lexists(path) and not os.path.isdir(path)]
        folders = [path for path in below if match(os.path.basename(path))] + broken
    is_own = set(names.rstrip("/").split("/")) <= {"*"}
    top = folder if is_own or not names else f"{folder}/{names.rstrip('/')}"
    return _Expanded(top, searched, folders)
