"""Searches folders for files by shell patterns."""

import errno
import os
import re
import stat
from collections import deque
from collections.abc import Callable, Iterator
from fnmatch import translate
from typing import NamedTuple

from burnbook.base.errors import IOFault, os_sentence
from burnbook.jsonl.folders.faults import PathFault, closed, fault_of

# Whether to search a folder, by its depth and name.
Enters = Callable[[int, str], bool]
Faults = dict[str, PathFault]

_OUTSIDE = ("is a link out of your home, which is not followed", "move that folder into your home")


class Files(NamedTuple):
    """The files directly in a folder; `is_linked`: the folder's path has a link in it.

    They are read from the folder one by one: a list of them would take 1 KB for each. `handle` is a
    descriptor of the folder: relative to it, a status takes 80% of the time of one by the path.
    """

    folder: str
    is_linked: bool
    handle: int
    entries: "Iterator[os.DirEntry[str]]"

    def status(self, name: str, faults: Faults | None = None) -> os.stat_result | None:
        """The status of a file; None if it is gone, or if the folder is closed: see `faults`."""
        try:
            return os.stat(name, dir_fd=self.handle)
        except PermissionError:
            if faults is not None:
                faults[self.folder] = closed(self.folder)
        except OSError as error:
            _ignore(error)
        return None


class Pattern:
    """A pattern such as `runs/**/*.jsonl`, as one of folders and one of the names in them."""

    def __init__(self, pattern: str) -> None:
        self.top, rest = split(pattern)
        *self.folders, name = rest.split("/")
        self.matches_name = re.compile(regex(name)).fullmatch
        # Each name ends with a slash here, so that `**` may stand for none.
        self._matches_folder = re.compile(regex("/".join([*self.folders, ""]))).fullmatch

    def matches_folder(self, folder: str) -> bool:
        """Whether files in a folder may match; its path is from `top` on, and empty for that."""
        return self._matches_folder(f"{folder}/" if folder else "") is not None

    def enters(self, depth: int, name: str) -> bool:
        """Whether files below a folder may match; its depth is 1 below `top`."""
        deep = "**" in self.folders
        plain = self.folders[: self.folders.index("**")] if deep else self.folders
        if depth > len(plain):
            return deep
        return re.compile(regex(plain[depth - 1])).fullmatch(name) is not None


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


def everywhere(_depth: int, _name: str) -> bool:
    """Enter each folder."""
    return True


def below(top: str, enters: Enters, faults: Faults | None = None) -> Iterator[Files]:
    """The files below a folder, one folder after another. None of them is opened or has a status.

    Only folders that `enters` accepts are searched. A link to a folder is followed inside the
    user's home, where agents write through it, and no folder is searched twice. `faults` gets the
    folders that cannot be searched, by path.
    """
    faults = {} if faults is None else faults
    waiting, visited = [(top, 1, False)], {os.path.realpath(top)}
    home = os.path.realpath(os.path.expanduser("~"))

    def files_of(folder: str, depth: int, is_linked: bool) -> "Iterator[os.DirEntry[str]]":
        """The files in a folder; adds the folders in it to `waiting`."""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    try:
                        if entry.is_file():
                            yield entry
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

    while waiting:
        folder, depth, is_linked = waiting.pop()
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            _ignore(error)
            _note(faults, folder)
            continue
        try:
            files = files_of(folder, depth, is_linked)
            yield Files(folder, is_linked, handle, files)
            deque(files, maxlen=0)  # the folders in it are searched, whatever became of its files
        finally:
            os.close(handle)


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
