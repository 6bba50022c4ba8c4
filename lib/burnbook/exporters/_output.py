"""Writes the text of an exporter: to stdout, or to a file in one step."""

import errno
import os
import stat
from collections.abc import Sequence
from typing import Any

from burnbook.base.errors import IOFault, UsageError, os_sentence
from burnbook.base.files import FILE_MODE, write_all
from burnbook.context import Context, Result
from burnbook.view.parts import Line

_DRAFT = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def result(
    ctx: Context,
    target: str | None,
    text: str,
    summary: str,
    data: dict[str, Any],
    *,
    mode: int = FILE_MODE,
    notes: Sequence[str] = (),
) -> Result:
    """Returns the text as the output of the command, or writes it to `target` and says so.

    A reader of the file sees the old text or the new one. Raises UsageError for a file inside the
    book or a directory, and IOFault if the file cannot be written.
    """
    ctx.notes.extend(notes)
    if target in (None, "-"):
        return Result([], data, ready=text)
    path = os.path.abspath(str(target))
    folder = os.path.realpath(os.path.dirname(path))
    root = os.path.realpath(ctx.book.root)
    if folder == root or folder.startswith(f"{root}/"):
        raise UsageError(f"{path} is inside the book; write to a file outside of it")
    try:
        _write(path, text.encode(), mode)
    except OSError as error:
        error.filename = path
        raise IOFault(os_sentence("cannot write the export", error)) from None
    return Result([Line(summary, strong=True), Line(f"written to {path}")], {**data, "file": path})


def _write(path: str, data: bytes, mode: int) -> None:
    """Replaces a file, and makes it durable. A device such as /dev/null gets the text."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    if status is not None and stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if status is not None and not stat.S_ISREG(status.st_mode):
        # O_NONBLOCK: opening a FIFO that nobody reads would block forever.
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.set_blocking(handle, True)
            write_all(handle, data)
        finally:
            os.close(handle)
        return
    folder, name = os.path.split(path)
    # The name does not end like the file's: a collector of *.prom must not read the draft.
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    handle = os.open(draft, _DRAFT, FILE_MODE)
    try:
        write_all(handle, data)
        os.fchmod(handle, mode)
        os.fsync(handle)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    finally:
        os.close(handle)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
