"""Puts a journal in place without some of its lines: what `repair` does, and nothing else."""

import errno
import os
from collections.abc import Sequence

from burnbook import files

_COPIED = 1 << 20


def put_without(path: str, places: Sequence[tuple[int, int]], kept: str) -> None:
    """Put a journal without the lines at (offset, length) in its place; `kept` is the old file.

    Call it with the lock held. A reader sees the old file or the new one, whole, and whoever is
    killed leaves one of them; the old one then has both names, or only that of the journal.
    """
    folder, name = os.path.split(path)
    scratch = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    source = files.open_regular(path, os.O_RDONLY)
    try:
        target = files.open_regular(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            end = os.fstat(source).st_size
            start = 0
            for offset, length in [*sorted(places), (end, 0)]:
                _copy(source, target, start, offset)
                start = offset + length
            os.fsync(target)
        finally:
            os.close(target)
        if not os.path.exists(kept):
            os.link(path, kept, follow_symlinks=False)
        os.rename(scratch, path)
        files.sync_dir(folder)
    finally:
        os.close(source)
        if os.path.lexists(scratch):
            os.unlink(scratch)


def _copy(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        block = os.pread(source, min(_COPIED, end - start), start)
        if not block:
            raise OSError(errno.EIO, "the journal ends earlier than it did")
        files.write_all(target, block)
        start += len(block)
