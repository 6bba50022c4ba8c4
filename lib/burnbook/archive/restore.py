"""`restore`: verifies an archive, extracts it beside the target, and renames it into place.

The target appears whole in one rename. A restore that is killed leaves a directory whose name
begins with a dot beside the target, which the next call removes.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from typing import NamedTuple

from burnbook.archive import manifest, reader
from burnbook.archive.manifest import File
from burnbook.archive.reader import Archive
from burnbook.base import files
from burnbook.base.errors import BadData, Busy, IOFault, Missing, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.check import directory

STDIN = "-"
_READ = 1 << 20
_CANNOT = "cannot restore the archive"


class Target(NamedTuple):
    """A directory to restore into: whether it already has the archive, and what to remove first."""

    path: str
    is_done: bool
    removable: list[str]


def open_archive(path: str) -> int:
    """Returns a descriptor of an archive that can be read from any offset. Raises Missing."""
    try:
        if path == STDIN:
            return files.seekable_copy(0)
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise Missing(f"there is no archive {path}") from None
    except OSError as error:
        raise Missing(os_sentence("cannot read the archive", error)) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadData(f"{path} is not a regular file; name an archive, or - for stdin")
    return handle


def check_target(path: str, archive: Archive, prefix: str) -> Target:
    """Returns what is to do in a directory. Raises UsageError if it has something else."""
    path = os.path.abspath(path)
    if not os.path.lexists(path):
        return Target(path, False, [])
    if not os.path.isdir(path):
        raise UsageError(f"{path} is not a directory; name one that does not exist yet")
    path = os.path.realpath(path)
    names = [n for n, _ in directory.all_files(path)]
    if prefix == manifest.BOOK:
        present = [n for n in names if directory.is_kept(n) and not _is_empty(path, n)]
        removable = [n for n in names if not directory.is_kept(n) and _is_derived(n)]
        removable += [n for n in names if directory.is_kept(n) and n not in present]
        strange = [n for n in names if n not in {*present, *removable}]
    else:
        present, removable, strange = [*_walked(path)], [], []
    wanted = {f.path.removeprefix(prefix): f for f in _of(archive, prefix)}
    if present:
        if set(present) == _not_empty(wanted) and all(
            _has(path, name, wanted[name]) for name in present
        ):
            return Target(path, True, [])
        raise UsageError(_refused(path, prefix))
    for name in strange:
        RootedPath(path, name).status()  # a link is named as such
    if strange:
        raise UsageError(f"{path} has other files, such as {strange[0]}; name a new directory")
    return Target(path, False, removable)


def extract(handle: int, archive: Archive, target: Target, prefix: str) -> None:
    """Extracts a part of a verified archive, and renames it to the target. Raises IOFault.

    Removes what a killed restore left beside the target, even if there is nothing to extract.
    """
    parent, name = os.path.split(target.path)
    staging = os.path.join(parent, f".{name}.{os.getpid()}.new")
    try:
        files.make_dir(parent)
        for leftover in files.leftovers(parent, name, "new"):
            shutil.rmtree(leftover)
        if target.is_done:
            return
        _check_space(parent, archive, prefix)
        os.mkdir(staging, files.DIR_MODE)
        try:
            _extract(handle, archive, staging, prefix)
            _put(staging, target)
        finally:
            if os.path.isdir(staging):
                shutil.rmtree(staging)
        files.sync_dir(parent)
    except OSError as error:
        raise IOFault(os_sentence(_CANNOT, error)) from None


def _extract(handle: int, archive: Archive, staging: str, prefix: str) -> None:
    wanted = {file.path: file for file in _of(archive, prefix)}
    folders = {""}
    with closing(reader.contents(handle)) as contents:
        for name, blocks in contents:
            if name in wanted:
                folders.add(
                    _write(RootedPath(staging, name.removeprefix(prefix)), blocks, wanted[name])
                )
    for folder in sorted(folders):
        RootedPath(staging, folder).sync()


def _write(path: RootedPath, blocks: Iterator[bytes], wanted: File) -> str:
    """Writes one file durably, but for its name; returns its directory."""
    digest = sha256()
    path.parent.make_folder()
    out = path.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        for block in blocks:
            digest.update(block)
            files.write_all(out, block)
        os.fsync(out)
    finally:
        os.close(out)
    if digest.hexdigest() != wanted.sha256:
        raise IOFault("the archive changed while it was restored; nothing was restored")
    return path.parent.name


def _put(staging: str, target: Target) -> None:
    """Renames the extracted files to the target, after its removable files are gone."""
    if target.removable:
        with lock.book_lock(target.path):
            if any(os.path.getsize(path) for path in _journals(target.path)):
                raise Busy(f"{target.path} just got rows; restore into another directory")
            for name in target.removable:
                RootedPath(target.path, name).unlink()
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(target.path, ".lock"))  # made again with the next row
            for folder, _, _ in os.walk(target.path, topdown=False):
                os.rmdir(folder)
    try:
        os.rename(staging, target.path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Busy(f"{target.path} was just written by another program; try again") from None
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise IOFault(
                f"{target.path} is a mount point, which nothing can be renamed to; restore into a "
                "directory below it"
            ) from None
        raise


def _journals(root: str) -> Iterator[str]:
    for name in os.listdir(root):
        if name.endswith(".jsonl"):
            yield os.path.join(root, name)


def _of(archive: Archive, prefix: str) -> list[File]:
    return archive.book if prefix == manifest.BOOK else archive.config


def _not_empty(wanted: dict[str, File]) -> set[str]:
    return {name for name, file in wanted.items() if file.bytes or not name.endswith(".jsonl")}


def _is_empty(root: str, name: str) -> bool:
    """Whether a file is a journal without a row."""
    status = RootedPath(root, name).status()
    return name.endswith(".jsonl") and status is not None and status.st_size == 0


def _is_derived(name: str) -> bool:
    return name.startswith("cache/") or name.startswith((".lock", ".recipe."))


def _has(root: str, name: str, file: File) -> bool:
    """Whether a directory has a file with the size and the hash of the archive's."""
    path, digest = RootedPath(root, name), sha256()
    status = path.status()
    if status is None or status.st_size != file.bytes:
        return False
    with os.fdopen(path.open(os.O_RDONLY), "rb") as opened:
        while block := opened.read(_READ):
            digest.update(block)
    return digest.hexdigest() == file.sha256


def _walked(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        yield from (os.path.relpath(os.path.join(folder, name), root) for name in names)


def _refused(path: str, prefix: str) -> str:
    if prefix == manifest.BOOK:
        return (
            f"{path} has a book with rows, which restore does not change; restore with "
            "--into DIR into a new directory, and add its rows with `merge DIR`"
        )
    return f"{path} has files; name a directory that does not exist yet"


def _check_space(folder: str, archive: Archive, prefix: str) -> None:
    needed = sum(file.bytes for file in _of(archive, prefix))
    status = os.statvfs(folder)
    free = status.f_bavail * status.f_frsize
    if needed > free:
        raise IOFault(f"{folder} has {free:,} bytes free; the archive needs {needed:,}")
