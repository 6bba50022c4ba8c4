"""Files opened safely: modes 0600 and 0700, renames made durable. For those of a book: `rooted`."""

import errno
import os
import stat
from collections.abc import Sequence

from burnbook.errors import BadConfig, IOFault, os_sentence

FILE_MODE = 0o600
DIR_MODE = 0o700
_AT_ONCE = 1000  # blocks that one call can write: IOV_MAX is 1024
_SAFE = os.O_NOFOLLOW | os.O_CLOEXEC


def make_dir(path: str) -> None:
    """Make a directory, and those above it that are missing, private and durable."""
    missing = []
    here = path
    while not _is_dir(here):
        missing.append(here)
        here = os.path.dirname(here) or os.curdir
    for part in reversed(missing):
        try:
            os.mkdir(part, DIR_MODE)
        except FileExistsError:
            if not os.path.isdir(part):
                raise IOFault(f"cannot make {part}: a file that is no directory is there") from None
        except OSError as error:
            raise IOFault(os_sentence("cannot make a directory", error)) from None
        sync_dir(os.path.dirname(part) or os.curdir)


def _is_dir(path: str) -> bool:
    """Whether a directory is there. Raises IOFault where that cannot be told."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise IOFault(os_sentence("cannot look for a directory", error)) from None


def sync_dir(path: str) -> None:
    """Make the names in a directory durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_regular(path: str) -> int:
    """A descriptor to read a regular file; ELOOP for a link, EINVAL for a FIFO or a device.

    O_NONBLOCK keeps a planted FIFO from holding the open for ever.
    """
    handle = os.open(path, os.O_RDONLY | _SAFE | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return handle


def read_text(path: str, most: int) -> str:
    """The text of a file that people keep, also behind a link: bounded, and never waited for.

    Raises OSError, where it is no plain file or over `most` bytes too, and UnicodeDecodeError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"over {most} bytes", path)
    return data.decode()


def check_mine(root: str) -> None:
    """Refuse to write in a book of another user, who could put things in the way."""
    owner = os.stat(root).st_uid
    if owner != os.geteuid():
        raise IOFault(f"{root} belongs to another user (uid {owner}); chown it to yourself")


def write_all(handle: int, data: bytes | Sequence[bytes]) -> None:
    """Write in one call; a short write is an error, so that nobody finishes it by halves."""
    if not isinstance(data, bytes) and len(data) > _AT_ONCE:
        data = b"".join(data)
    if isinstance(data, bytes):
        wanted, written = len(data), os.write(handle, data) if data else 0
    else:
        wanted, written = sum(map(len, data)), os.writev(handle, data)
    if written != wanted:
        raise OSError(errno.ENOSPC, f"only {written} of {wanted} bytes were written")


def check_owned(path: str) -> None:
    """Refuse what somebody else could have written, before a command that it names is run.

    `path` and its folder have to belong to the user or to root, and only they may write them. A
    group may where it is the user's own: the primary one, of the user's name, with nobody else in
    it (such users have umask 002). Raises BadConfig; a file that is not there is nobody's.
    """
    for place in (os.path.dirname(os.path.abspath(path)), path):
        try:
            found = os.stat(place)
        except FileNotFoundError:
            continue
        if found.st_uid not in (os.geteuid(), 0):
            raise BadConfig(
                f"{place} belongs to another user (uid {found.st_uid}), so no command in it is "
                f"run; chown it to yourself"
            )
        mode = stat.S_IMODE(found.st_mode)
        if mode & stat.S_IWOTH or (mode & stat.S_IWGRP and not _own_group(found.st_gid)):
            raise BadConfig(
                f"{place} may be written by others (mode {mode:04o}), so no command in it is run; "
                f"chmod go-w {place}"
            )


def _own_group(gid: int) -> bool:
    import grp  # only here: captures alone ask
    import pwd

    try:
        me, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    alone = set(group.gr_mem) <= {me.pw_name}
    return me.pw_gid == gid and group.gr_name == me.pw_name and alone
