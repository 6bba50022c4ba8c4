"""The folder of an export: where it is, its lock, and the files that are left over in it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote_to_bytes, urlsplit

from burnbook.base import files
from burnbook.base.errors import BadData, IOFault, UsageError, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import lock
from burnbook.parquet import manifest
from burnbook.parquet.manifest import FOLDERS, PART, SCRATCH, File

LOCK = ".lock"
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_OWN = re.compile(rf"{re.escape(manifest.FILE)}|{re.escape(LOCK)}|kind=.*")


def path_of(target: str | None) -> str:
    """Returns the folder that a path or a file:// URL names. Raises UsageError for another URL."""
    if target in (None, "", "-"):
        raise UsageError("no DIR; give a folder: export parquet DIR")
    assert target is not None
    match = _URL.match(target)
    if match is None:
        return os.path.abspath(target)
    if match[1].lower() != "file":
        raise UsageError(
            f"cannot write to {match[1]}:// itself; export to a folder, then copy it, for example "
            "with `rclone sync DIR REMOTE` or `aws s3 sync DIR s3://...`, or mount the store"
        )
    url = urlsplit(target)
    if url.netloc not in ("", "localhost") or url.query or url.fragment:
        raise UsageError(f"URL {target!r} is not a local folder; valid: file:///path/to/folder")
    return os.path.abspath(os.fsdecode(unquote_to_bytes(url.path)) or "/")


@contextmanager
def locked(folder: str, book: str) -> Iterator[None]:
    """Creates the folder if needed and holds its lock. Raises BadData if it is of something else.

    Raises Busy if another export holds the lock for over 10 seconds.
    """
    _check(folder, book)
    files.make_dir(folder)
    busy = f"{folder} is busy: another export writes to it; try again"
    with lock.file_lock(RootedPath(folder, LOCK), busy=busy):
        yield


def _check(folder: str, book: str) -> None:
    real, inside = os.path.realpath(folder), os.path.realpath(book)
    if os.path.commonpath([real, inside]) == inside:
        raise UsageError(f"{folder} is inside the book; export to a folder outside of it")
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise BadData(f"{folder} is not a folder; give a new or an empty one") from None
    except OSError as error:
        raise IOFault(os_sentence("cannot read the folder", error)) from None
    others = [name for name in names if not (_OWN.fullmatch(name) or SCRATCH.fullmatch(name))]
    if others and manifest.FILE not in names:
        raise BadData(
            f"{folder} has other files, such as {sorted(others)[0][:80]!r}, and no export; "
            "give a new or an empty folder"
        )


def present(folder: str) -> dict[str, int]:
    """Returns the files of exports and scratch files in a folder, with their sizes."""
    sizes: dict[str, int] = {}
    _walk(RootedPath(folder), sizes)
    return sizes


def _walk(path: RootedPath, sizes: dict[str, int]) -> None:
    for name in path.names():
        below = path / name
        if FOLDERS.fullmatch(below.name):
            _walk(below, sizes)
        elif PART.fullmatch(below.name) or SCRATCH.fullmatch(below.name):
            status = below.status()
            if status is not None:
                sizes[below.name] = status.st_size


def incomplete(named: Mapping[str, File], sizes: Mapping[str, int]) -> set[str]:
    """Returns the journals with a file that is missing or has another size; "" for the sums."""
    return {file.journal for path, file in named.items() if sizes.get(path) != file.bytes}


def remove_others(folder: str, names: Iterator[str] | list[str], named: Mapping[str, File]) -> int:
    """Removes those of the files that the manifest does not name, and folders that get empty.

    Returns how many it removed.
    """
    removed = 0
    for name in names:
        if name not in named:
            path = RootedPath(folder, name)
            path.unlink()
            removed += 1
            while FOLDERS.fullmatch(path.parent.name):
                path = path.parent
                path.remove_folder()
    return removed
