"""`backup`: writes an archive of a book beside its place, verifies it, and renames it."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from burnbook.archive import manifest, reader
from burnbook.archive.manifest import Manifest
from burnbook.archive.moment import Moment, files_of
from burnbook.archive.writer import ArchiveWriter, config_files
from burnbook.base import files
from burnbook.base.errors import BadData, IOFault, Missing, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath

STDOUT = "-"


class Written(NamedTuple):
    """An archive that was written: its manifest, its size in bytes, and what it does not have.

    `torn` counts unterminated bytes of journals, `foreign` are names in the book that are not the
    book's.
    """

    manifest: Manifest
    size: int
    torn: int
    foreign: list[str]


def check_target(path: str, root: str, *, force: bool) -> None:
    """Raises UsageError or Missing if no archive can be written to a path."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise Missing(f"there is no directory {folder}; create it, or name another file")
    if os.path.isdir(path):
        raise UsageError(f"{path} is a directory; name a file, such as {path}/book.tar.zst")
    real, book = os.path.realpath(path), os.path.realpath(root)
    if os.path.commonpath([real, book]) == book:
        raise UsageError(f"{path} is inside the book; name a file outside of it")
    if os.path.lexists(path):
        if not os.path.isfile(path):
            raise UsageError(f"{path} is not a regular file; name a file, or - for stdout")
        if not force:
            raise UsageError(f"{path} exists; --force replaces it")


def to_file(path: str, root: str, config: str) -> Written:
    """Writes an archive, reads it again, and renames it into place. Raises IOFault.

    Killed at any moment, it leaves the file as it was, and perhaps a temporary file beside it,
    which the next call removes.
    """
    path = os.path.abspath(path)
    folder, name = os.path.split(path)
    scratch = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        for leftover in files.leftovers(folder, name):
            os.unlink(leftover)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(scratch, flags, files.FILE_MODE)
    except OSError as error:
        raise IOFault(os_sentence("cannot write the archive", error)) from None
    try:
        with os.fdopen(handle, "wb", closefd=False) as out:
            written = _write(out.write, root, config)
        os.fsync(handle)
        _verify(handle, written)
        os.replace(scratch, path)
        files.sync_dir(folder)
    except OSError as error:
        raise IOFault(os_sentence("cannot write the archive", error)) from None
    finally:
        os.close(handle)
        with suppress(OSError):  # it was renamed
            os.unlink(scratch)
    return written


def to_stdout(root: str, config: str) -> Written:
    """Writes an archive to stdout. Raises IOFault, and UsageError if that is a terminal."""
    if os.isatty(1):
        raise UsageError("stdout is a terminal; write to a file, or to a pipe")
    try:
        with open(1, "wb", closefd=False) as out:
            return _write(out.write, root, config)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise IOFault(os_sentence("cannot write the archive", error)) from None


def _write(out: Callable[[bytes], object], root: str, config: str) -> Written:
    archive = ArchiveWriter(out)
    with files_of(root) as moment:
        for opened in moment.opened:
            archive.add_opened(opened)
        for name, data in moment.small.items():
            archive.add(manifest.BOOK + name, data)
        for name in moment.others:
            data_or_none = RootedPath(root, name).read()
            if data_or_none is not None:  # `forget` may have removed it
                archive.add(manifest.BOOK + name, data_or_none)
        for name, data in config_files(config):
            archive.add(name, data)
        return _written(archive, moment)


def _written(archive: ArchiveWriter, moment: Moment) -> Written:
    last = archive.finish()
    return Written(last, archive.size, sum(o.torn for o in moment.opened), moment.foreign)


def _verify(handle: int, written: Written) -> None:
    """Raises IOFault if the file is not what was written."""
    try:
        is_same = reader.verify(handle).manifest == written.manifest
    except BadData as error:
        raise IOFault(f"the archive {error}") from None
    if not is_same:
        raise IOFault("the archive is not what was written; the disk may be failing")
