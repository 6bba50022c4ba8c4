"""The directories that a feed declares, on this machine."""

import os
import re
from collections.abc import Iterable, Iterator

from burnbook.config.agent_logs import VARIABLE
from burnbook.jsonl.folders import search


def existing(declared: Iterable[str]) -> list[str]:
    """The directories, with links resolved; where a name has `*`, the folders that match.

    If none matches, it is the directory above the first name with `*`.
    """
    return [*dict.fromkeys(map(os.path.realpath, paths(declared)))]


def paths(declared: Iterable[str]) -> list[str]:
    """The same, without resolving links."""
    return [folder for root in declared for folder in _expanded(root)]


def _expanded(root: str) -> Iterator[str]:
    """Nothing for a directory that begins with a variable that has no absolute path."""
    plain, names = search.split(f"{root}/")
    plain = plain or "/"
    if variable := VARIABLE.match(f"{plain}/"):
        folder = os.path.expanduser(os.environ.get(variable[1], ""))
        if not folder.startswith("/"):
            return
        folder += plain[variable.end() :]
    else:
        folder = os.path.expanduser(plain)
    folders = [folder]
    for name in filter(None, names.split("/")):
        match = re.compile(search.regex(name)).fullmatch
        below = [path for above in folders for path in search.inside(above)]
        folders = [path for path in below if match(os.path.basename(path))]
    yield from folders or [folder]
