"""SHA-256 of an artifact: of a file's bytes, or of a directory in a form of its own.

A directory hashes as the text that `sha256sum` prints of its files, sorted by the bytes of their
paths: names and contents count; empty directories, modes and times do not.
"""

import os
import stat
from collections.abc import Iterator
from hashlib import sha256

from burnbook import files
from burnbook.errors import BadData, IOFault, Missing, os_sentence

_BLOCK = 1 << 20


def digest(path: str) -> str:
    """The hash as 64 hex digits. Links, FIFOs and devices are refused, in a directory too.

    Raises Missing where there is nothing, or an empty directory; BadData; IOFault.
    """
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        raise Missing(f"there is no artifact at {path}") from None
    except (OSError, ValueError) as error:
        raise IOFault(f"cannot read artifact {path!r}: {error}") from None
    try:
        if not stat.S_ISDIR(mode):
            return _of_file(path, mode)
        lines = [_line(path, name) for name in sorted(_names(path))]
    except OSError as error:
        raise IOFault(os_sentence(f"cannot read artifact {path}", error)) from None
    if not lines:
        raise Missing(f"artifact {path} is a directory without a file")
    return sha256(b"".join(lines)).hexdigest()


def _line(root: str, name: bytes) -> bytes:
    if {b"\n", b"\r", b"\\"} & {name[at : at + 1] for at in range(len(name))}:
        raise BadData(f"artifact {root} has a file {name!r}; a name has no newline or backslash")
    path = os.path.join(os.fsencode(root), name)
    return b"%b  %b\n" % (_of_file(os.fsdecode(path), os.lstat(path).st_mode).encode(), name)


def _names(root: str) -> Iterator[bytes]:
    """The path of everything below that is no directory, from the root, as bytes."""

    def stop(error: OSError) -> None:
        raise error

    top = os.fsencode(root)
    for folder, folders, names in os.walk(top, onerror=stop):
        # A link to a directory is listed among the directories, and not walked.
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*names, *links):
            yield os.path.relpath(os.path.join(folder, name), top)


def _of_file(path: str, mode: int) -> str:
    if not stat.S_ISREG(mode):
        what = "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a directory"
        raise BadData(f"artifact {path} is {what}; valid: a file, or a directory of files")
    found = sha256()
    with os.fdopen(files.open_regular(path), "rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def shown_path(path: str) -> str:
    """The path as the book keeps it, with no name of a home in it.

    From the top of the git repository that holds it, else from home as `~/...`, else whole.
    """
    whole = os.path.abspath(path)
    here = os.path.dirname(whole)
    while not os.path.lexists(os.path.join(here, ".git")):
        if here == os.path.dirname(here):
            break
        here = os.path.dirname(here)
    else:
        return os.path.relpath(whole, here)
    home = os.environ.get("HOME", "").rstrip("/")
    return f"~{whole[len(home) :]}" if home and whole.startswith(f"{home}/") else whole
