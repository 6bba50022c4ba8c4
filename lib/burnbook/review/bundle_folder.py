"""Writes a folder of files with a manifest atomically; the same contents give the same bytes.

`<folder>/<name>` is complete, either from this call or from an earlier one. Only unchanged files
that its manifest lists are replaced: if people added or changed a file, the call is refused. If a
call is killed, the next one completes it.
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
# Every file that a bundle may have. Only these are removed after a killed call.
NAMES = (
    *(f"journals/{name}.jsonl" for name in codec.JOURNALS),
    *(f"ledgers/{form.file}" for form in csv_ledger.FORMS),
    *("handoff.md", "preview.md", "preview.json", "decision.md", "decision.json", MANIFEST),
)


class File(msgspec.Struct, frozen=True):
    """One file of a bundle: its path with `/`, size and hash."""

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
    """Writes `<folder>/<window>`. Returns its manifest, and whether anything changed.

    Raises BadData if the folder has other files, IOFault if it cannot be written.
    """
    target = folder / window
    new, old = (folder / f".{window}.{end}" for end in ("new", "old"))
    try:
        folder.make_folder()
        with lock.folder_lock(folder):
            # What a killed call left. Under the lock, no other call is running.
            for temporary in (new, old):
                _clear(temporary)
            before = _existing(target, window)
            new.make_folder()
            manifest = _fill(new, window, contents)
            if before == manifest:
                _clear(new)
                return manifest, False
            if target.status() is not None:
                target.rename(old.last)
            new.rename(target.last)
            folder.sync()
            _clear(old)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write bundle {target}", error)) from None
    return manifest, True


def _clear(folder: RootedPath) -> None:
    """Removes the files of a bundle, then its folders. Raises BadData if there are other files."""
    if folder.status() is None:
        return
    if not _is_folder(folder):
        raise BadData(f"{folder} is not a folder; move it away")
    for name in NAMES:
        (folder / name).unlink()
    for path in (folder / "journals", folder / "ledgers", folder):
        path.remove_folder()
    if folder.status() is not None:
        raise BadData(
            f"{folder} has {folder.names()[0]}, which is not part of a bundle; move it away"
        )


def _fill(root: RootedPath, window: str, contents: Mapping[str, Iterable[bytes]]) -> Manifest:
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
    digest, size = sha256(), 0
    handle = path.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(handle)
    return File(name, size, digest.hexdigest())


def _existing(target: RootedPath, window: str) -> Manifest | None:
    """Returns the manifest of an unchanged, complete bundle, or None. Raises BadData if changed."""
    if target.status() is None:
        return None
    if not _is_folder(target):
        raise BadData(f"{target} is not a folder; move it away")
    present = _files_below(target)
    if not present:
        return None
    try:
        manifest = msgspec.json.decode((target / MANIFEST).read() or b"", type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise BadData(f"{target} has files but no valid {MANIFEST}; move it away") from None
    listed = {file.path: file for file in manifest.files}
    foreign = sorted(n for n in present if n not in NAMES or n not in {*listed, MANIFEST})
    if foreign or manifest.window != window:
        name = foreign[0] if foreign else f"the bundle of {manifest.window}"
        raise BadData(f"{target} has {name}, which is not part of this bundle; move it away")
    for name in listed:
        if name in present and _digest(present[name]) != listed[name].sha256:
            raise BadData(
                f"{name} in {target} was changed after it was bundled; move the folder away"
            )
    return manifest if set(present) == {*listed, MANIFEST} else None


def _is_folder(path: RootedPath) -> bool:
    status = path.status()
    return status is not None and stat.S_ISDIR(status.st_mode)


def _files_below(folder: RootedPath) -> dict[str, RootedPath]:
    """Returns all files below a folder, by path."""
    result: dict[str, RootedPath] = {}
    for name in folder.names():
        if _is_folder(folder / name):
            inner = _files_below(folder / name)
            result |= {f"{name}/{below}": path for below, path in inner.items()}
        else:
            result[name] = folder / name
    return result


def _digest(path: RootedPath) -> str:
    with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
        return file_digest(file, "sha256").hexdigest()
