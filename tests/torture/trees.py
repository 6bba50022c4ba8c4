"""A folder as it once was, kept in memory and put back by writing only what differs."""

import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple


class _Kept(NamedTuple):
    """One entry: its mode, and its bytes or the target of its link; None for a folder."""

    mode: int
    data: bytes | str | None


class Tree:
    """All that stands in a folder. `put` makes the folder so again, at the same path."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self._kept = {path: _keep(path, found) for path, found in _walk(self.root)}
        self._seen = self._signatures()

    @staticmethod
    def clear(root: Path) -> None:
        """Leave nothing in a folder."""
        for one in root.iterdir():
            drop(str(one))

    def put(self) -> None:
        """Make the folder what it was: a file that nobody touched since stays the same inode."""
        seen, kept = self._signatures(), self._kept
        for path in sorted(seen, reverse=True):
            if path not in kept and os.path.lexists(path):
                drop(path)
        for path, (mode, data) in kept.items():
            if path in seen and seen[path] == self._seen.get(path):
                continue
            if data is None:
                if os.path.islink(path):
                    os.unlink(path)
                os.makedirs(path, exist_ok=True)
                os.chmod(path, mode)
                continue
            if os.path.lexists(path):
                drop(path)  # a new inode, as a copy would be
            if isinstance(data, str):
                os.symlink(data, path)
            else:
                with open(path, "wb") as file:
                    file.write(data)
                os.chmod(path, mode)
        self._seen = self._signatures()

    def _signatures(self) -> dict[str, tuple[int, ...]]:
        # Whatever is done to a file moves its ctime on, and nobody can set that.
        return {
            path: (found.st_ino, found.st_mode, found.st_size, found.st_ctime_ns)
            if not stat.S_ISDIR(found.st_mode)
            else (found.st_mode,)
            for path, found in _walk(self.root)
        }


def _walk(root: str) -> list[tuple[str, os.stat_result]]:
    """Every entry below a folder, a folder before what is in it."""
    found, waiting = [], [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for one in entries:
                status = one.stat(follow_symlinks=False)
                found.append((one.path, status))
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(one.path)
    return found


def _keep(path: str, found: os.stat_result) -> _Kept:
    if stat.S_ISDIR(found.st_mode):
        return _Kept(stat.S_IMODE(found.st_mode), None)
    if stat.S_ISLNK(found.st_mode):
        return _Kept(0, os.readlink(path))
    return _Kept(stat.S_IMODE(found.st_mode), Path(path).read_bytes())


def drop(path: str) -> None:
    """Remove a file, or a folder with all that is in it."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
