"""SHA-256 of an artifact, which is a file or a directory.

The hash of a directory is that of the output of `sha256sum` for its files, sorted by the bytes of
their paths. Names and contents count; empty directories, modes and times do not.
"""

import os
import stat
from collections.abc import Iterator
from hashlib import sha256

from burnbook.base import files
from burnbook.base.errors import BadData, IOFault, Missing, os_sentence

_BLOCK = 1 << 20


def digest(path: str) -> str:
    """Returns the hash as 64 hex digits. Links, FIFOs and devices are refused everywhere.

    Raises Missing if there is no file, BadData or IOFault.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        raise Missing(
            f"artifact {path} does not exist; give --artifact a file or a directory"
        ) from None
    except (OSError, ValueError) as error:
        raise IOFault(f"cannot read artifact {path!r}: {error}") from None
    try:
        if not stat.S_ISDIR(mode):
            return _of_file(path, mode)
        lines = [_line(path, name) for name in sorted(_names(path))]
    except OSError as error:
        raise IOFault(os_sentence(f"cannot read artifact {path}", error)) from None
    if not lines:
        raise Missing(f"artifact {path} is a directory without files")
    return sha256(b"".join(lines)).hexdigest()


def _line(root: str, name: bytes) -> bytes:
    if {b"\n", b"\r", b"\\"} & {name[at : at + 1] for at in range(len(name))}:
        raise BadData(
            f"artifact {root} has a file {name!r}; rename it without newlines and backslashes"
        )
    path = os.path.join(os.fsencode(root), name)
    return b"%b  %b\n" % (_of_file(os.fsdecode(path), os.lstat(path).st_mode).encode(), name)


def _names(root: str) -> Iterator[bytes]:
    """Returns the relative path of everything below that is not a directory, as bytes."""

    def stop(error: OSError) -> None:
        raise error

    top = os.fsencode(root)
    for folder, folders, names in os.walk(top, onerror=stop):
        # os.walk lists links to directories as directories, and does not follow them.
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*names, *links):
            yield os.path.relpath(os.path.join(folder, name), top)


def _of_file(path: str, mode: int) -> str:
    if not stat.S_ISREG(mode):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a directory"
        raise BadData(f"artifact {path} is {kind}; valid: a file, or a directory of files")
    digest = sha256()
    with os.fdopen(files.open_regular(path), "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def shown_path(path: str) -> str:
    """Returns the path as it is booked, without the name of a home folder.

    Relative to the top of its git repository, else to the home folder as `~/...`, else absolute.
    """
    absolute = os.path.abspath(path)
    here = os.path.dirname(absolute)
    while not os.path.lexists(os.path.join(here, ".git")):
        if here == os.path.dirname(here):
            break
        here = os.path.dirname(here)
    else:
        return os.path.relpath(absolute, here)
    home = os.environ.get("HOME", "").rstrip("/")
    return f"~{absolute[len(home) :]}" if home and absolute.startswith(f"{home}/") else absolute
