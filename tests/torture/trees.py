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
    """The contents of a folder. `put` restores the folder at the same path."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self._kept = {path: _keep(path, status) for path, status in _walk(self.root)}
        self._seen = self._signatures()

    @staticmethod
    def clear(root: Path) -> None:
        """Leave nothing in a folder."""
        for path in root.iterdir():
            drop(str(path))

    def put(self) -> None:
        """Restore the folder: a file that was not changed keeps its inode."""
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
        # Every change of a file updates its ctime, which cannot be set.
        return {
            path: (status.st_ino, status.st_mode, status.st_size, status.st_ctime_ns)
            if not stat.S_ISDIR(status.st_mode)
            else (status.st_mode,)
            for path, status in _walk(self.root)
        }


def _walk(root: str) -> list[tuple[str, os.stat_result]]:
    """Every entry below a folder, folders before their contents."""
    result, waiting = [], [root]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                result.append((entry.path, status))
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(entry.path)
    return result


def _keep(path: str, status: os.stat_result) -> _Kept:
    if stat.S_ISDIR(status.st_mode):
        return _Kept(stat.S_IMODE(status.st_mode), None)
    if stat.S_ISLNK(status.st_mode):
        return _Kept(0, os.readlink(path))
    return _Kept(stat.S_IMODE(status.st_mode), Path(path).read_bytes())


def drop(path: str) -> None:
    """Remove a file, or a folder with all that is in it."""
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
