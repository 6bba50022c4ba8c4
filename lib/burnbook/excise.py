"""Puts a journal in place without some of its lines: what `repair` does, and nothing else.

A journal only grows, so what stands in it is copied without the lock, however long that takes.
Under the lock only what was appended meanwhile follows, and the rename. Writers open a journal by
its name once they have the lock, so none of them is left with the old file.
"""

import errno
import os
from collections.abc import Sequence
from types import TracebackType

from burnbook import files

_COPIED = 1 << 20


class Without:
    """A journal without the lines at (offset, length), made beside it; `put` puts it in its place.

    Inside the `with`: whoever is killed leaves the old journal or the new one, whole, and perhaps
    what was not finished, which says in its name whose it was.
    """

    def __init__(self, path: str, places: Sequence[tuple[int, int]]) -> None:
        self.path = path
        self.folder, name = os.path.split(path)
        self.scratch = os.path.join(self.folder, f".{name}.{os.getpid()}.tmp")
        self.places = sorted(places, reverse=True)
        self.done = 0

    def __enter__(self) -> "Without":
        self.source = files.open_regular(self.path, os.O_RDONLY)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            self.target = files.open_regular(self.scratch, flags)
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
        if os.path.lexists(self.scratch):
            os.unlink(self.scratch)

    def copy(self, end: int) -> None:
        """Copy durably up to `end`, where a line ends that nobody takes back."""
        while self.places and self.places[-1][0] < end:
            offset, length = self.places.pop()
            self._copy(offset)
            self.done = offset + length
        self._copy(end)
        os.fsync(self.target)

    def _copy(self, end: int) -> None:
        while self.done < end:
            block = os.pread(self.source, min(_COPIED, end - self.done), self.done)
            if not block:
                raise OSError(errno.EIO, "the journal ends earlier than it did", self.path)
            files.write_all(self.target, block)
            self.done += len(block)

    def is_of(self, file: int | None) -> bool:
        """Whether the file that is copied is this one."""
        return os.fstat(self.source).st_ino == file

    def put(self, kept: str) -> None:
        """With the lock held and all copied: put it in place; `kept` is the old file from here on.

        Killed before the rename, the old file has both names.
        """
        if not os.path.exists(kept):
            os.link(self.path, kept, follow_symlinks=False)
            files.sync_dir(self.folder)
        os.rename(self.scratch, self.path)
        files.sync_dir(self.folder)
