"""Searches folders for files by shell patterns."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from fnmatch import translate

from burnbook.base.errors import IOFault, os_sentence

# The path of a file, its status, and whether the path has a link in it.
File = tuple[str, os.stat_result, bool]


def matching(root: str, pattern: str) -> Iterator[File]:
    """The files below a folder that match a pattern such as `runs/**/*.jsonl`."""
    _, rest = _split(pattern)
    match = re.compile(_regex(rest)).fullmatch
    folder = base(root, pattern)
    for file in below(folder, deep="/" in rest):
        if match(file[0][len(folder) + 1 :]):
            yield file


def base(root: str, pattern: str) -> str:
    """The directory that has every file below `root` that matches a pattern."""
    fixed, _ = _split(pattern)
    return os.path.join(root, fixed) if fixed else root


def is_closed(path: str) -> bool:
    """Whether a directory exists that may not be searched."""
    return is_folder(path) and not os.access(path, os.R_OK | os.X_OK)


def _split(pattern: str) -> tuple[str, str]:
    """The leading directories of a pattern without wildcards, and the rest of it."""
    parts = pattern.split("/")
    plain = 0
    while plain < len(parts) - 1 and not set(parts[plain]) & set("*?["):
        plain += 1
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def _regex(pattern: str) -> str:
    """A pattern as a regular expression: `**` is any number of directories, `*` is in one name."""
    regex = []
    for part in pattern.split("/"):
        if part == "**":
            regex.append("(?:[^/]+/)*")
        else:
            inner = translate(part).removeprefix("(?s:").removesuffix(r")\Z")
            regex.append(inner.replace(".*", "[^/]*") + "/")
    return "".join(regex).removesuffix("/")


def below(top: str, *, deep: bool) -> Iterator[File]:
    """The files below a folder, and whether their path has a link in it.

    A link to a folder is followed inside the user's home, where agents write through it, and no
    folder is searched twice.
    """
    waiting, visited = [(top, False)], {os.path.realpath(top)}
    home = os.path.realpath(os.path.expanduser("~"))
    while waiting:
        folder, is_linked = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    try:
                        if entry.is_file():
                            yield entry.path, entry.stat(), is_linked or entry.is_symlink()
                        elif deep and entry.is_dir(follow_symlinks=False):
                            waiting.append((entry.path, is_linked))
                        elif deep and entry.is_symlink() and entry.is_dir():
                            real = os.path.realpath(entry.path)
                            if real.startswith(home + "/") and real not in visited:
                                visited.add(real)
                                waiting.append((entry.path, True))
                    except OSError as error:
                        _ignore(error)
        except OSError as error:
            _ignore(error)


def is_folder(path: str) -> bool:
    """Whether a directory exists. Raises IOFault if the disk fails."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except OSError as error:
        _ignore(error)
        return False


def _ignore(error: OSError) -> None:
    """Ignore a file that is gone or may not be read. Raises IOFault for any other error."""
    if error.errno not in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ELOOP):
        raise IOFault(os_sentence("cannot search for logs", error)) from None
