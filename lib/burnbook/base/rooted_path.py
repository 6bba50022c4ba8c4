"""Paths below a root directory. No symbolic link below the root is followed, at any depth.

Every file of a book is opened, replaced, listed and removed here. Each directory below the root is
opened relative to its parent, with O_NOFOLLOW. The root itself may be behind a link.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from burnbook.base import files
from burnbook.base.errors import IOFault, os_sentence

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # opening a FIFO would block forever
_CANNOT = "cannot create a directory"


class RootedPath(NamedTuple):
    """A path: `name` is relative to `root`, and empty for the root itself.

    Each method raises IOFault if the path or a parent is a symbolic link (`rename` and `link`
    accept one at the path itself), and OSError like the corresponding function of `os`.
    """

    root: str
    name: str = ""

    def __truediv__(self, name: str) -> "RootedPath":
        return RootedPath(self.root, f"{self.name}/{name}" if self.name else name)

    def __str__(self) -> str:
        return os.path.join(self.root, self.name) if self.name else self.root

    @property
    def parent(self) -> "RootedPath":
        """The directory of this path."""
        return RootedPath(self.root, self.name.rpartition("/")[0])

    @property
    def last(self) -> str:
        """The last name of the path."""
        return self.name.rpartition("/")[2]

    def status(self) -> os.stat_result | None:
        """Returns the result of `lstat`; None if nothing exists at the path."""
        try:
            with self._in_folder() as (folder, name):
                status = os.stat(name, dir_fd=folder, follow_symlinks=not self.name)
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(status.st_mode):
            raise _link(self)
        return status

    def open(self, flags: int) -> int:
        """Returns a descriptor of a regular file; EINVAL for a FIFO, a device or a directory."""
        with self._in_folder() as (folder, name):
            handle = os.open(name, flags | _FILE, files.FILE_MODE, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "not a regular file", str(self))
        return handle

    def read(self) -> bytes | None:
        """Returns the bytes of a regular file; None if nothing exists at the path."""
        try:
            handle = self.open(os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def replace(self, data: bytes, *, durable: bool = True) -> None:
        """Replaces the file in one step: a reader sees the old one or the new one."""
        self.status()
        self.parent.make_folder()
        # Only this process uses the name, so an existing file is from a killed process.
        scratch = self.parent / f".{self.last}.{os.getpid()}.tmp"
        handle = scratch.open(os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        try:
            files.write_all(handle, data)
            if durable:
                os.fsync(handle)
            scratch.rename(self.last)
        except BaseException:
            scratch.unlink()
            raise
        finally:
            os.close(handle)
        if durable:
            self.parent.sync()

    def rename(self, name: str) -> None:
        """Renames the file in its directory."""
        new = (self.parent / name)._name_in_folder()
        with self._in_folder() as (folder, old):
            os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder)

    def link(self, name: str) -> None:
        """Creates a hard link in the directory of the file."""
        new = (self.parent / name)._name_in_folder()
        with self._in_folder() as (folder, old):
            os.link(old, new, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)

    def unlink(self) -> None:
        """Removes the file if it exists. Call it only with a name that burnbook writes."""
        self.status()
        try:
            with self._in_folder() as (folder, name):
                os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            return

    def remove_folder(self) -> None:
        """Removes the directory if it exists and is empty."""
        try:
            with self._in_folder() as (folder, name):
                os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST):
                raise

    def remove_matching(self, pattern: re.Pattern[str]) -> None:
        """Remove the files of a directory whose names match, then the directory if it is empty."""
        for name in self.names():
            if pattern.fullmatch(name):
                (self / name).unlink()
        self.remove_folder()

    def names(self) -> list[str]:
        """Returns the sorted names in a directory; none if it does not exist."""
        try:
            handle = self.open_folder()
        except FileNotFoundError:
            return []
        try:
            return sorted(os.listdir(handle))
        finally:
            os.close(handle)

    def make_folder(self) -> None:
        """Creates this directory and its missing parents, private and durable."""
        try:
            os.close(self.open_folder())
            return
        except FileNotFoundError:
            pass
        except NotADirectoryError as error:
            raise IOFault(f"{error.filename} is not a directory; move it away") from None
        if not self.name:
            files.make_dir(self.root)
            return
        self.parent.make_folder()
        try:
            with self._in_folder() as (folder, name):
                os.mkdir(name, files.DIR_MODE, dir_fd=folder)
        except FileExistsError:
            os.close(self.open_folder())
        except OSError as error:
            raise IOFault(os_sentence(_CANNOT, error)) from None
        self.parent.sync()

    def sync(self) -> None:
        """Syncs the directory, so that its names are durable."""
        handle = self.open_folder()
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def set_mode(self, mode: int) -> None:
        """Changes the mode of a file or directory, even if it cannot be opened."""
        with self._in_folder() as (folder, name):
            try:
                handle = os.open(name, os.O_RDONLY | _FILE, dir_fd=folder)
            except PermissionError:
                handle = os.open(name, os.O_PATH | _FILE, dir_fd=folder)
            try:
                os.fchmod(handle, mode)
            except OSError as error:
                if error.errno != errno.EBADF or stat.S_ISLNK(os.fstat(handle).st_mode):
                    raise
                os.chmod(f"/proc/self/fd/{handle}", mode)  # a descriptor of O_PATH has no fchmod
            finally:
                os.close(handle)

    def open_folder(self) -> int:
        """Returns a descriptor of the directory."""
        if not self.name:
            return os.open(self.root, _FOLDER)
        with self._in_folder() as (folder, name):
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)

    def _name_in_folder(self) -> str:
        """Returns the name that `_in_folder` yields for this path or a sibling."""
        return self.last if "/" in self.name else str(self)

    @contextmanager
    def _in_folder(self) -> Iterator[tuple[int | None, str]]:
        """Yields a descriptor of the parent directory, and the name of the path in it.

        Directly below the root, these are None and the whole path. Errors name the whole path.
        """
        folder: int | None = None
        try:
            above = self.name.split("/")[:-1]
            for depth, name in enumerate(above, start=1):
                path = name if folder is not None else os.path.join(self.root, name)
                try:
                    inner = os.open(path, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
                except OSError as error:
                    raise _named(RootedPath(self.root, "/".join(above[:depth])), error) from None
                if folder is not None:
                    os.close(folder)
                folder = inner
            try:
                yield folder, self._name_in_folder()
            except OSError as error:
                raise _named(self, error) from None
        finally:
            if folder is not None:
                os.close(folder)


def _named(path: RootedPath, error: OSError) -> OSError | IOFault:
    """Returns the error with the whole path; an IOFault if the path is a symbolic link."""
    if error.errno in (errno.ELOOP, errno.ENOTDIR) and os.path.islink(str(path)):
        return _link(path)
    error.filename, error.filename2 = str(path), None
    return error


def _link(path: RootedPath) -> IOFault:
    return IOFault(
        f"{path} is a symbolic link, and burnbook does not follow links inside a book; "
        "replace it with a real file or directory"
    )


def folder_of_config(path: str, book: str) -> RootedPath:
    """Returns a directory that the config names; inside the book, no link to it is followed."""
    below = os.path.relpath(path, book)
    if below.split(os.sep)[0] == os.pardir:
        return RootedPath(path)
    return RootedPath(book, "" if below == os.curdir else below)
