"""A folder of files with a manifest, put in place whole: the same contents are the same bytes.

`<folder>/<name>` is either as the last call left it or as this one leaves it. Only files that its
own manifest lists, as it lists them, are ever replaced: what people put or changed there stays, and
the call is refused. Killed at any moment, the next call finishes it.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec

from burnbook import files, lock
from burnbook.artifact import digest
from burnbook.errors import BadData, IOFault, os_sentence

MANIFEST = "manifest.json"
FORMAT = 1


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


def put(folder: str, window: str, contents: Mapping[str, Iterable[bytes]]) -> tuple[Manifest, bool]:
    """Make `<folder>/<window>` of these files; its manifest, and whether anything changed.

    Raises BadData where something stands there that no bundle made; IOFault.
    """
    target = os.path.join(folder, window)
    made, old = (os.path.join(folder, f".{window}.{end}") for end in ("new", "old"))
    try:
        files.make_dir(folder)
        with lock.folder_lock(folder):
            # What a killed call left behind: under the lock, no other call is at work.
            for scratch in (made, old):
                if os.path.lexists(scratch):
                    shutil.rmtree(scratch)
            before = _own(target, window)
            files.make_dir(made)
            manifest = _filled(made, window, contents)
            if before == manifest:
                shutil.rmtree(made)
                return manifest, False
            if os.path.lexists(target):
                os.rename(target, old)
            os.rename(made, target)
            files.sync_dir(folder)
            if os.path.lexists(old):
                shutil.rmtree(old)
    except OSError as error:
        raise IOFault(os_sentence(f"cannot write bundle {target}", error)) from None
    return manifest, True


def _filled(root: str, window: str, contents: Mapping[str, Iterable[bytes]]) -> Manifest:
    listed = tuple(_write(root, name, contents[name]) for name in sorted(contents))
    manifest = Manifest(FORMAT, window, listed)
    data = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    _write(root, MANIFEST, [data])
    for folder, _, _ in os.walk(root):
        files.sync_dir(folder)
    return manifest


def _write(root: str, name: str, chunks: Iterable[bytes]) -> File:
    path = os.path.join(root, name)
    files.make_dir(os.path.dirname(path))
    found, size = sha256(), 0
    handle = files.open_regular(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
            found.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(handle)
    return File(name, size, found.hexdigest())


def _own(target: str, window: str) -> Manifest | None:
    """The manifest of the bundle that stands there; None where nothing does, or an empty folder."""
    if not os.path.lexists(target):
        return None
    if os.path.islink(target) or not os.path.isdir(target):
        raise BadData(f"{target} is no folder; move it away")
    here = sorted(_walked(target))
    if not here:
        return None
    try:
        raw = files.read_bytes(os.path.join(target, MANIFEST))
        manifest = msgspec.json.decode(raw or b"", type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise BadData(f"{target} has files and no {MANIFEST} of a bundle; move it away") from None
    listed = {one.path: one for one in manifest.files}
    foreign = [name for name in here if name not in listed and name != MANIFEST]
    if foreign or manifest.window != window:
        what = foreign[0] if foreign else f"the bundle of {manifest.window}"
        raise BadData(f"{target} holds {what}, which is not of this bundle; move it away")
    for name in listed:
        if name in here and digest(os.path.join(target, name)) != listed[name].sha256:
            raise BadData(f"{name} in {target} was changed since it was bundled; move it away")
    return manifest if set(here) == {*listed, MANIFEST} else None


def _walked(root: str) -> list[str]:
    """The path of everything below that is no plain folder."""
    found = []
    for folder, folders, names in os.walk(root):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in (*names, *links)]
    return found
