"""A folder of files with a manifest, put in place whole: the same contents are the same bytes.

`<folder>/<name>` is either as the last call left it or as this one leaves it. Only files that its
own manifest lists, as it lists them, are ever replaced: what people put or changed there stays, and
the call is refused. Killed at any moment, the next call finishes it.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from hashlib import file_digest, sha256

import msgspec

from burnbook.base.errors import BadData, IOFault, os_sentence
from burnbook.base.rooted_path import RootedPath
from burnbook.book import codec, lock
from burnbook.ledgers import csv_ledger

MANIFEST = "manifest.json"
FORMAT = 1
# Every file that a bundle may have: what a killed call left is removed by these names alone.
NAMES = (
    *(f"journals/{name}.jsonl" for name in codec.JOURNALS),
    *(
        f"ledgers/{form.file}"
        for form in (csv_ledger.TOKENS, csv_ledger.CHURN, csv_ledger.EVIDENCE)
    ),
    *("handoff.md", "preview.md", "preview.json", "decision.md", "decision.json", MANIFEST),
)


class File(msgspec.Struct, frozen=True):
    """One file of a bundle: its path with `/` between names, and what is in it."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """manifest.json: every other file of the bundle, by path."""

    format: int
    window: str
    files: tuple[File, ...]


def put(
    folder: RootedPath, window: str, contents: Mapping[str, Iterable[bytes]]
) -> tuple[Manifest, bool]:
    """Make `<folder>/<window>` of these files; its manifest, and whether anything changed.

    Raises BadData where something stands there that no bundle made; IOFault.
    """
    target = folder / window
    made, old = (folder / f".{window}.{end}" for end in ("new", "old"))
    try:
        folder.make_folder()
        with lock.folder_lock(folder):
            # What a killed call left behind: under the lock, no other call is at work.
            for scratch in (made, old):
                _clear(scratch)
            before = _own(target, window)
            made.make_folder()
            manifest = _filled(made, window, contents)
            if before == manifest:
                _clear(made)
                return manifest, False
            if target.status() is not None:
                target.rename(old.last)
            made.rename(target.last)
            folder.sync()
            _clear(old)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write bundle {target}", error)) from None
    return manifest, True


def _clear(folder: RootedPath) -> None:
    """Remove the files of a bundle, then its directories. Raises BadData where others are there."""
    if folder.status() is None:
        return
    if not _is_folder(folder):
        raise BadData(f"{folder} is no folder; move it away")
    for name in NAMES:
        (folder / name).unlink()
    for path in (folder / "journals", folder / "ledgers", folder):
        path.remove_folder()
    if folder.status() is not None:
        raise BadData(f"{folder} has {folder.names()[0]}, which no bundle has; move it away")


def _filled(root: RootedPath, window: str, contents: Mapping[str, Iterable[bytes]]) -> Manifest:
    listed = tuple(_write(root, name, contents[name]) for name in sorted(contents))
    manifest = Manifest(FORMAT, window, listed)
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    _write(root, MANIFEST, [data])
    for folder in {root, *((root / name).parent for name in contents)}:
        folder.sync()
    return manifest


def _write(root: RootedPath, name: str, chunks: Iterable[bytes]) -> File:
    path = root / name
    path.parent.make_folder()
    found, size = sha256(), 0
    handle = path.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            found.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(handle)
    return File(name, size, found.hexdigest())


def _own(target: RootedPath, window: str) -> Manifest | None:
    """The manifest of the bundle that stands there; None where nothing does, or an empty folder."""
    if target.status() is None:
        return None
    if not _is_folder(target):
        raise BadData(f"{target} is no folder; move it away")
    here = _files_below(target)
    if not here:
        return None
    try:
        manifest = msgspec.json.decode((target / MANIFEST).read() or b"", type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise BadData(f"{target} has files and no {MANIFEST} of a bundle; move it away") from None
    listed = {one.path: one for one in manifest.files}
    foreign = sorted(name for name in here if name not in NAMES or name not in {*listed, MANIFEST})
    if foreign or manifest.window != window:
        what = foreign[0] if foreign else f"the bundle of {manifest.window}"
        raise BadData(f"{target} holds {what}, which is not of this bundle; move it away")
    for name in listed:
        if name in here and _digest(here[name]) != listed[name].sha256:
            raise BadData(f"{name} in {target} was changed since it was bundled; move it away")
    return manifest if set(here) == {*listed, MANIFEST} else None


def _is_folder(path: RootedPath) -> bool:
    status = path.status()
    return status is not None and stat.S_ISDIR(status.st_mode)


def _files_below(folder: RootedPath) -> dict[str, RootedPath]:
    """Everything below that is no directory, by its path from the folder."""
    found: dict[str, RootedPath] = {}
    for name in folder.names():
        if _is_folder(folder / name):
            inner = _files_below(folder / name)
            found |= {f"{name}/{below}": path for below, path in inner.items()}
        else:
            found[name] = folder / name
    return found


def _digest(path: RootedPath) -> str:
    with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
        return file_digest(file, "sha256").hexdigest()
