"""Puts a journal in place with edits: what `repair` does, and nothing else.

A journal only grows, so what stands in it is copied without the lock, however long that takes.
Under the lock only what was appended meanwhile follows, and the rename. Writers open a journal by
its name once they have the lock, so none of them is left with the old file.
"""

import errno
import os
from collections.abc import Iterable
from types import TracebackType
from typing import NamedTuple

from burnbook.base import files
from burnbook.base.rooted_path import RootedPath

_COPIED = 1 << 20


class Edit(NamedTuple):
    """`data` takes the place of `length` bytes at `offset`: it may be empty, or `length` 0."""

    offset: int
    length: int
    data: bytes = b""


class Edited:
    """A journal with edits, made beside it; `put` puts it in its place.

    The edits are in ascending order, and asked for one at a time: there may be one a line.

    Inside the `with`: whoever is killed leaves the old journal or the new one, whole, and perhaps
    what was not finished, which says in its name whose it was.
    """

    def __init__(self, path: RootedPath, edits: Iterable[Edit]) -> None:
        self.path = path
        self.scratch = path.parent / f".{path.last}.{os.getpid()}.tmp"
        self.edits = iter(edits)
        self.next = next(self.edits, None)
        self.done = 0

    def __enter__(self) -> "Edited":
        self.source = self.path.open(os.O_RDONLY)
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
            self.target = self.scratch.open(flags)
        except BaseException:
            os.close(self.source)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        os.close(self.source)
        os.close(self.target)
        self.scratch.unlink()

    def copy(self, end: int) -> None:
        """Copy durably up to `end`, where a line ends that nobody takes back."""
        while self.next is not None and self.next.offset <= end:
            self._copy(self.next.offset)
            files.write_all(self.target, self.next.data)
            self.done += self.next.length
            self.next = next(self.edits, None)
        self._copy(end)
        os.fsync(self.target)

    def _copy(self, end: int) -> None:
        while self.done < end:
            block = os.pread(self.source, min(_COPIED, end - self.done), self.done)
            if not block:
                raise OSError(errno.EIO, "the journal ends earlier than it did", str(self.path))
            files.write_all(self.target, block)
            self.done += len(block)

    def is_of(self, file: int | None) -> bool:
        """Whether the file that is copied is this one."""
        return os.fstat(self.source).st_ino == file

    def go_on(self, edits: Iterable[Edit]) -> None:
        """Give it further edits, once those before are done: of lines that were appended since."""
        assert self.next is None, "the edits before come first"
        self.edits = iter(edits)
        self.next = next(self.edits, None)

    def put(self, kept: RootedPath) -> None:
        """With the lock held and all copied: put it in place; `kept` is the old file from here on.

        Killed before the rename, the old file has both names.
        """
        if kept.status() is None:
            self.path.link(kept.last)
            self.path.parent.sync()
        self.replace()

    def replace(self) -> None:
        """With the lock held and all copied: put it in place. Nothing keeps the old file."""
        self.scratch.rename(self.path.last)
        self.path.parent.sync()
