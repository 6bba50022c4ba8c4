"""Paths below a root directory: no symbolic link below the root is followed, at any depth.

Every file of a book is opened, replaced, listed and removed here and nowhere else. Each directory
between the root and the file is opened relative to the one above it, with O_NOFOLLOW. The root
itself may be reached through a link: that is the user's choice.
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
_FILE = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO must not hold the open for ever
_CANNOT = "cannot make a directory"


class RootedPath(NamedTuple):
    """A path: `name` is relative to `root`, and empty for the root itself.

    Each method raises IOFault, with the link named, where a symbolic link is at the path or above
    it, and OSError as the `os` function of that kind does.
    """

    root: str
    name: str = ""

    def __truediv__(self, name: str) -> "RootedPath":
        return RootedPath(self.root, f"{self.name}/{name}" if self.name else name)

    def __str__(self) -> str:
        return os.path.join(self.root, self.name) if self.name else self.root

    @property
    def parent(self) -> "RootedPath":
        """The directory that holds this path."""
        return RootedPath(self.root, self.name.rpartition("/")[0])

    @property
    def last(self) -> str:
        """The last name of the path."""
        return self.name.rpartition("/")[2]

    def status(self) -> os.stat_result | None:
        """What `lstat` says; None where nothing is there."""
        try:
            with self._entered() as (folder, name):
                status = os.stat(name, dir_fd=folder, follow_symlinks=not self.name)
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(status.st_mode):
            raise _link(self)
        return status

    def open(self, flags: int) -> int:
        """A descriptor of a regular file; EINVAL for a FIFO, a device or a directory."""
        with self._entered() as (folder, name):
            handle = os.open(name, flags | _FILE, files.FILE_MODE, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, "not a regular file", str(self))
        return handle

    def read(self) -> bytes | None:
        """All bytes of a regular file; None where nothing is there."""
        try:
            handle = self.open(os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            return file.read()

    def replace(self, data: bytes, *, durable: bool = True) -> None:
        """Write a whole new file in place of this one: a reader sees the old one or the new one."""
        self.status()
        self.parent.make_folder()
        # Only this process uses the name, so a file of that name was left by a killed process.
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
        """Give the file another name in its directory."""
        new = (self.parent / name)._name_in_folder()
        with self._entered() as (folder, old):
            os.rename(old, new, src_dir_fd=folder, dst_dir_fd=folder)

    def link(self, name: str) -> None:
        """Give the file a second name (a hard link) in its directory."""
        new = (self.parent / name)._name_in_folder()
        with self._entered() as (folder, old):
            os.link(old, new, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)

    def unlink(self) -> None:
        """Remove the file, where there is one. Call it only with a name that burnbook writes."""
        self.status()
        try:
            with self._entered() as (folder, name):
                os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            return

    def remove_folder(self) -> None:
        """Remove the directory, where it is there and empty."""
        try:
            with self._entered() as (folder, name):
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
        """The sorted names in a directory; none where it is not there."""
        try:
            handle = self.open_folder()
        except FileNotFoundError:
            return []
        try:
            return sorted(os.listdir(handle))
        finally:
            os.close(handle)

    def make_folder(self) -> None:
        """Make this directory, and those above it that are missing, private and durable."""
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
            with self._entered() as (folder, name):
                os.mkdir(name, files.DIR_MODE, dir_fd=folder)
        except FileExistsError:
            os.close(self.open_folder())
        except OSError as error:
            raise IOFault(os_sentence(_CANNOT, error)) from None
        self.parent.sync()

    def sync(self) -> None:
        """Make the names in this directory durable."""
        handle = self.open_folder()
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def set_mode(self, mode: int) -> None:
        """Change the mode of a file or a directory, also of one that cannot be opened."""
        self.status()
        with self._entered() as (folder, name):
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
        """A descriptor of the directory."""
        if not self.name:
            return os.open(self.root, _FOLDER)
        with self._entered() as (folder, name):
            return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)

    def _name_in_folder(self) -> str:
        """The name by which `_entered` calls the path: a sibling is called by the same kind."""
        return self.last if "/" in self.name else str(self)

    @contextmanager
    def _entered(self) -> Iterator[tuple[int | None, str]]:
        """A descriptor of the parent directory, and the name of the path in it.

        Directly below the root no link can be between the two, so the whole path does, without a
        descriptor. An error is about the whole path.
        """
        folder: int | None = None
        try:
            above = self.name.split("/")[:-1]
            for depth, name in enumerate(above, start=1):
                where = name if folder is not None else os.path.join(self.root, name)
                try:
                    inner = os.open(where, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
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
    """The error with the whole path in it; of a link that was not followed, an IOFault."""
    if error.errno in (errno.ELOOP, errno.ENOTDIR) and os.path.islink(str(path)):
        return _link(path)
    error.filename, error.filename2 = str(path), None
    return error


def _link(path: RootedPath) -> IOFault:
    return IOFault(
        f"{path} is a symbolic link, and burnbook follows none inside a book; "
        "put a real file or directory in its place"
    )


def folder_of_config(path: str, book: str) -> RootedPath:
    """A directory that the config names: inside a book, no link on the way to it is followed."""
    below = os.path.relpath(path, book)
    if below.split(os.sep)[0] == os.pardir:
        return RootedPath(path)
    return RootedPath(book, "" if below == os.curdir else below)
