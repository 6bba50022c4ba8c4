"""Opens files safely, with modes 0600 and 0700. See `rooted_path` for files of a book."""

import errno
import os
import select
import stat
from collections.abc import Sequence
from typing import BinaryIO

from burnbook.base.errors import BadConfig, IOFault, Missing, os_sentence
from burnbook.base.text import regex

FILE_MODE = 0o600
DIR_MODE = 0o700
_MAX_BLOCKS = 1000  # of one writev call: IOV_MAX is 1024
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC
# Home directories of other machines, whose logs were copied here, contain a name as well.
_HOME = regex(r"(?:/home/[^/]+|/Users/[^/]+|[A-Za-z]:[\\/]Users[\\/][^\\/]+|/root)(?=[\\/]|\Z)")


def make_dir(path: str) -> None:
    """Creates a directory and its missing parents, private and durable."""
    missing = []
    parent = path
    while not _is_dir(parent):
        missing.append(parent)
        parent = os.path.dirname(parent) or os.curdir
    for part in reversed(missing):
        try:
            os.mkdir(part, DIR_MODE)
        except FileExistsError:
            if not os.path.isdir(part):
                raise IOFault(f"cannot create {part}: it exists and is not a directory") from None
        except OSError as error:
            raise IOFault(os_sentence("cannot create a directory", error)) from None
        sync_dir(os.path.dirname(part) or os.curdir)


def _is_dir(path: str) -> bool:
    """Returns whether a directory exists. Raises IOFault if that is unknown."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise IOFault(os_sentence("cannot access a directory", error)) from None


def sync_dir(path: str) -> None:
    """Syncs a directory, so that its names are durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def without_home(folder: str) -> str:
    """Returns a directory with its home directory as `~`."""
    home = os.path.expanduser("~").rstrip("/")
    if home and (folder == home or folder.startswith(home + "/")):
        return "~" + folder[len(home) :]
    return _HOME.sub("~", folder, count=1) if _HOME.match(folder) else folder


def open_regular(path: str) -> int:
    """Returns a descriptor to read a regular file. Links raise ELOOP, FIFOs and devices EINVAL.

    O_NONBLOCK, because opening a planted FIFO would block forever.
    """
    handle = os.open(path, os.O_RDONLY | _SAFE | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return handle


def plugins(folder: str) -> tuple[str, ...]:
    """Returns the sorted names of the modules in a plugin folder, without importing them."""
    modules = (name.removesuffix(".py") for name in os.listdir(folder) if name.endswith(".py"))
    return tuple(sorted(name for name in modules if not name.startswith("_")))


def read_text(path: str, most: int) -> str:
    """Returns the text of a file, also behind a link, without blocking.

    Raises OSError, also if it is not a regular file or over `most` bytes, and UnicodeDecodeError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"over {most} bytes", path)
    return data.decode()


def open_input(path: str, what: str) -> BinaryIO:
    """Opens a file that the user named. Raises Missing: `what`, such as `no lines`, and why."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise Missing(f"{what}: there is no file {path!r}") from None
    except OSError as error:
        raise Missing(os_sentence(f"{what}: cannot read the file", error)) from None


def read_input(path: str, what: str, most: int) -> bytes:
    """Returns the first `most` bytes of a file that the user named. Raises Missing."""
    with open_input(path, what) as file:
        try:
            return file.read(most)
        except OSError as error:
            raise Missing(os_sentence(f"{what}: cannot read the file", error)) from None


def stdin_has_input() -> bool:
    """Returns whether stdin is a file or a pipe, so that a command reads it without a flag."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:  # stdin is closed
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode)


def stdin_has_bytes(wait: float = 1.0) -> bool:
    """Returns whether stdin is a file or a pipe with something to read; reads nothing.

    Waits for the first bytes of a pipe for `wait` seconds: another program may have just begun, or
    may hold the pipe open and never write to it.
    """
    if not stdin_has_input():
        return False
    status = os.fstat(0)
    if stat.S_ISREG(status.st_mode):
        return status.st_size > os.lseek(0, 0, os.SEEK_CUR)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    return any(event & select.POLLIN for _, event in poll.poll(wait * 1000))


def seekable_copy(handle: int) -> int:
    """Returns a descriptor of a file without a name that has the rest of a stream."""
    from tempfile import TemporaryFile  # 3 ms, which most commands do not need

    with TemporaryFile() as file:
        while block := os.read(handle, 1 << 20):
            file.write(block)
        file.flush()
        return os.dup(file.fileno())


def check_owner(root: str) -> None:
    """Raises IOFault if the book belongs to another user, who could plant files in it."""
    owner = os.stat(root).st_uid
    if owner != os.geteuid():
        raise IOFault(f"{root} belongs to another user (uid {owner}); chown it to yourself")


def write_all(handle: int, data: bytes | Sequence[bytes]) -> int:
    """Writes in one call; returns the bytes. A short write is an error, so no half is kept."""
    if not isinstance(data, bytes) and len(data) > _MAX_BLOCKS:
        data = b"".join(data)
    if isinstance(data, bytes):
        wanted, written = len(data), os.write(handle, data) if data else 0
    else:
        wanted, written = sum(map(len, data)), os.writev(handle, data)
    if written != wanted:
        raise OSError(errno.ENOSPC, f"only {written} of {wanted} bytes were written")
    return written


def check_owned(path: str) -> None:
    """Raises BadConfig if others could have written a file whose commands are about to run.

    `path` and its folder must belong to the user or to root, and only they may write to them. The
    group may write if it is the user's primary group, has the user's name and no other member
    (such users have umask 002). A missing file is valid.
    """
    for name in (os.path.dirname(os.path.abspath(path)), path):
        try:
            status = os.stat(name)
        except FileNotFoundError:
            continue
        if status.st_uid not in (os.geteuid(), 0):
            raise BadConfig(
                f"{name} belongs to another user (uid {status.st_uid}), so no command in it is "
                f"run; chown it to yourself"
            )
        mode = stat.S_IMODE(status.st_mode)
        if mode & stat.S_IWOTH or (mode & stat.S_IWGRP and not _own_group(status.st_gid)):
            raise BadConfig(
                f"{name} may be written by others (mode {mode:04o}), so no command in it is run; "
                f"chmod go-w {name}"
            )


def _own_group(gid: int) -> bool:
    import grp  # for captures alone
    import pwd

    try:
        me, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    alone = set(group.gr_mem) <= {me.pw_name}
    return me.pw_gid == gid and group.gr_name == me.pw_name and alone


def leftovers(folder: str, name: str, suffix: str = "tmp") -> list[str]:
    """Returns the paths of the files `.NAME.PID.SUFFIX` in a folder that killed calls left.

    Call it before this process creates its own. Raises OSError.
    """
    start, end = f".{name}.", f".{suffix}"
    pids = {
        other: other[len(start) : -len(end)]
        for other in os.listdir(folder)
        if other.startswith(start) and other.endswith(end)
    }
    return [
        os.path.join(folder, other)
        for other, pid in pids.items()
        if pid.isascii() and pid.isdigit() and (int(pid) == os.getpid() or not is_alive(int(pid)))
    ]


def is_alive(pid: int) -> bool:
    """Returns whether a process of this machine has this id."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
