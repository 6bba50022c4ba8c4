"""Writes a private file durably, all or nothing."""

import os

from burnbook.base import files


def put(path: str, data: bytes, *, replaces: bool) -> bool:
    """Writes a file. Returns False if it exists and is not to be replaced. Raises OSError.

    The bytes are durable before the file has its name, and so is the name when this returns. What
    killed calls left is removed.
    """
    clear(path)
    folder, name = os.path.split(os.path.abspath(path))
    draft = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(draft, flags, files.FILE_MODE)
    try:
        files.write_all(handle, data)
        os.fsync(handle)
        if replaces:
            os.replace(draft, path)
        else:
            os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        os.close(handle)
        if os.path.lexists(draft):
            os.unlink(draft)
    files.sync_dir(folder)
    return True


def clear(path: str) -> None:
    """Removes the drafts of a file that killed calls left. Raises OSError."""
    for leftover in files.leftovers(*os.path.split(os.path.abspath(path))):
        os.unlink(leftover)
