"""Searches folders for files by shell patterns."""

import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from fnmatch import translate

from burnbook.base.errors import IOFault, os_sentence
from burnbook.jsonl.folders.faults import PathFault, closed, fault_of

# The path of a file, its status, and whether the path has a link in it.
File = tuple[str, os.stat_result, bool]
# Whether to search a folder, by its depth and name.
Enters = Callable[[int, str], bool]
Faults = dict[str, PathFault]

_OUTSIDE = ("is a link out of your home, which is not followed", "move that folder into your home")


def matching(root: str, pattern: str, faults: Faults | None = None) -> Iterator[File]:
    """The files below a folder that match a pattern such as `runs/**/*.jsonl`.

    `faults` gets the folders that cannot be searched, by path.
    """
    _, rest = split(pattern)
    match = re.compile(regex(rest)).fullmatch
    folder = base(root, pattern)
    for file in below(folder, _enters(rest.split("/")), faults):
        if match(file[0][len(folder) + 1 :]):
            yield file


def base(root: str, pattern: str) -> str:
    """The directory that has every file below `root` that matches a pattern."""
    fixed, _ = split(pattern)
    return os.path.join(root, fixed) if fixed else root


def split(pattern: str) -> tuple[str, str]:
    """The leading directories of a pattern without wildcards, and the rest of it."""
    parts = pattern.split("/")
    plain = 0
    while plain < len(parts) - 1 and not set(parts[plain]) & set("*?["):
        plain += 1
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def regex(pattern: str) -> str:
    """A pattern as a regular expression: `**` is any number of directories, `*` is in one name."""
    regex = []
    for part in pattern.split("/"):
        if part == "**":
            regex.append("(?:[^/]+/)*")
        else:
            inner = translate(part).removeprefix("(?s:").removesuffix(r")\Z")
            regex.append(inner.replace(".*", "[^/]*") + "/")
    return "".join(regex).removesuffix("/")


def _enters(parts: list[str]) -> Enters:
    """Whether files below a folder may match; its depth is 1 below the searched one."""
    deep = "**" in parts
    plain = parts[: parts.index("**")] if deep else parts[:-1]
    matches = [re.compile(regex(part)).fullmatch for part in plain]

    def enters(depth: int, name: str) -> bool:
        return deep if depth > len(plain) else matches[depth - 1](name) is not None

    return enters


def everywhere(_depth: int, _name: str) -> bool:
    """Enter each folder."""
    return True


def below(top: str, enters: Enters, faults: Faults | None = None) -> Iterator[File]:
    """The files below a folder, and whether their path has a link in it.

    Only folders that `enters` accepts are searched. A link to a folder is followed inside the
    user's home, where agents write through it, and no folder is searched twice.
    """
    faults = {} if faults is None else faults
    waiting, visited = [(top, 1, False)], {os.path.realpath(top)}
    home = os.path.realpath(os.path.expanduser("~"))
    while waiting:
        folder, depth, is_linked = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    try:
                        if entry.is_file():
                            yield entry.path, entry.stat(), is_linked or entry.is_symlink()
                        elif not enters(depth, entry.name):
                            continue
                        elif entry.is_dir(follow_symlinks=False):
                            waiting.append((entry.path, depth + 1, is_linked))
                        elif entry.is_symlink() and entry.is_dir():
                            real = os.path.realpath(entry.path)
                            if not real.startswith(home + "/"):
                                faults[entry.path] = PathFault(entry.path, *_OUTSIDE)
                            elif real not in visited:
                                visited.add(real)
                                waiting.append((entry.path, depth + 1, True))
                        elif entry.is_symlink() and folder == top:
                            _note(faults, entry.path)
                    except PermissionError:
                        faults[folder] = closed(folder)
                    except OSError as error:
                        _ignore(error)
        except OSError as error:
            _ignore(error)
            _note(faults, folder)


def _note(faults: Faults, path: str) -> None:
    if (fault := fault_of(path)) is not None:
        faults[fault.path] = fault


def inside(folder: str) -> list[str]:
    """The folders directly inside a folder, and links to folders inside the user's home."""
    folders, home = [], os.path.realpath(os.path.expanduser("~"))
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_here = not entry.is_symlink() or os.path.realpath(entry.path).startswith(
                    f"{home}/"
                )
                if entry.is_dir() and is_here:
                    folders.append(entry.path)
    except OSError as error:
        _ignore(error)
    return sorted(folders)


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
