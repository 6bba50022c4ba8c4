"""Removes the caches of versions before the store, by their known names."""

import re
from contextlib import suppress

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.(?:fold|ids|days)")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\.keys")
_IN_FOLDER = re.compile(r"head|all|\d{4}-\d\d-\d\d")


def remove(root: str) -> None:
    """Remove them; a file or link of anybody else stays. A failure costs disk space only."""
    cache = RootedPath(root, "cache")
    with suppress(OSError, IOFault):
        for name in cache.names():
            if _FILE.fullmatch(name):
                (cache / name).unlink()
        for folder in (cache, cache / "rejects"):
            for name in folder.names():
                if _FOLDER.fullmatch(name):
                    (folder / name).remove_matching(_IN_FOLDER)
        (cache / "rejects").remove_folder()
