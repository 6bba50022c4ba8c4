"""Writes the text of an exporter to a file, in one step."""

import errno
import os
import stat
from collections.abc import Iterable

from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.base.files import FILE_MODE, sync_dir
from burnbook.context import Context

_DRAFT = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def is_stdout(target: str | None) -> bool:
    """Returns whether the text goes to stdout."""
    return target in (None, "-")


def write(ctx: Context, target: str, blocks: Iterable[bytes], mode: int = FILE_MODE) -> str:
    """Writes a file, replacing another, and returns its absolute path.

    A reader sees the old file or the whole new one. A device such as /dev/null gets the bytes.
    Raises UsageError for a file inside the book, and IOFault if the file cannot be written.
    """
    path = os.path.abspath(target)
    folder = os.path.realpath(os.path.dirname(path))
    root = os.path.realpath(ctx.book.root)
    if folder == root or folder.startswith(f"{root}/"):
        raise UsageError(f"{path} is inside the book; write to a file outside of it")
    try:
        _write(path, blocks, mode)
    except OSError as error:
        error.filename = path
        raise IOFault(os_sentence("cannot write the export", error)) from None
    return path


def _write(path: str, blocks: Iterable[bytes], mode: int) -> None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if status is not None and not stat.S_ISREG(status.st_mode):
        # O_NONBLOCK: opening a FIFO that nobody reads would block forever.
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        os.set_blocking(handle, True)
        with os.fdopen(handle, "wb") as device:
            device.writelines(blocks)
        return
    folder, name = os.path.split(path)
    # The name does not end like the file's: a collector of *.prom must not read the draft.
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, _DRAFT, FILE_MODE), "wb") as file:
        try:
            file.writelines(blocks)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            os.replace(draft, path)
        except BaseException:
            os.unlink(draft)
            raise
    sync_dir(folder)
