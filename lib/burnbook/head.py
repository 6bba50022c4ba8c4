"""Which commit a git repository is at, read from its files: no program is started.

It knows loose and packed refs, linked worktrees and submodules. Where refs are kept in another way
(reftable) it finds nothing, and says nothing wrong.
"""

import errno
import os
import re
import stat
from typing import NamedTuple

from burnbook import files

_LIMIT = 64 << 20  # a packed-refs file beyond this is not read
_COMMIT = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_HOPS = 5
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG}


class Repo(NamedTuple):
    """Where a working tree begins, where its HEAD is, and where its branches are."""

    top: str
    gitdir: str
    common: str

    @property
    def name(self) -> str:
        """The repository's folder, also for its linked worktrees; printable text."""
        folder, last = os.path.split(self.common)
        if self.common == self.gitdir:
            folder, last = os.path.split(self.top)
        elif last == ".git":
            last = os.path.basename(folder)
        return os.fsencode(last).decode("utf-8", "replace").removesuffix(".git") or "root"


def find(path: str) -> Repo | None:
    """The repository that a folder lies in; None where it lies in none. Raises OSError."""
    here = os.path.realpath(path)
    while True:
        gitdir = _gitdir(here)
        if gitdir is not None:
            return Repo(here, gitdir, _common(gitdir))
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above


def commit(repo: Repo) -> str | None:
    """The commit that HEAD names; None before the first one. Raises OSError."""
    text = _read(os.path.join(repo.gitdir, "HEAD"))
    for _ in range(_HOPS):
        if text is None:
            return None
        text = text.strip()
        if _COMMIT.fullmatch(text):
            return text.decode()
        ref = text.removeprefix(b"ref: ")
        if ref == text or not ref.startswith(b"refs/") or b".." in ref or b"\0" in ref:
            return None
        place = os.path.join(repo.common, os.fsdecode(ref))
        text = _read(place) or _packed(repo.common, ref)
    return None


def _gitdir(folder: str) -> str | None:
    place = os.path.join(folder, ".git")
    if _is_file(place):
        place = _pointed(place, b"gitdir: ", folder) or ""
    return place if _is_file(os.path.join(place, "HEAD")) else None


def _is_file(path: str) -> bool:
    """Whether a file is there, as far as one may look. Raises OSError where a disk does not say."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        if error.errno in _NOT_THERE:
            return False
        raise


def _common(gitdir: str) -> str:
    """Where a linked worktree says that its repository is; else the folder itself."""
    return _pointed(os.path.join(gitdir, "commondir"), b"", gitdir) or gitdir


def _pointed(place: str, mark: bytes, base: str) -> str | None:
    text = _read(place)
    if text is None or not text.startswith(mark) or b"\0" in text:
        return None
    return os.path.realpath(os.path.join(base, os.fsdecode(text[len(mark) :].rstrip(b"\n"))))


def _packed(common: str, ref: bytes) -> bytes | None:
    text = _read(os.path.join(common, "packed-refs")) or b""
    end = text.find(b" %b\n" % ref)
    return None if end < 0 else text[text.rfind(b"\n", 0, end) + 1 : end]


def _read(path: str) -> bytes | None:
    """The bytes of a file; None where there is none, or something else."""
    try:
        handle = files.open_regular(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read() if os.fstat(handle).st_size <= _LIMIT else None
