"""Removes the caches of versions before the store, by their known names."""

from contextlib import suppress

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath
from burnbook.base.text import regex

_FILE = regex(
    r"(?:snapshots|windows|meters|agent_usage|proxy_telemetry)\.fold|[a-z_]+\.ids|agent_usage\.days"
)
_FOLDERS = ("agent_usage.keys", "proxy_telemetry.keys")
_REJECTS = regex(r"[A-Za-z0-9][A-Za-z0-9._-]*\.keys")  # a folder for each feed
_IN_FOLDER = regex(r"head|all|\d{4}-\d\d-\d\d")


def remove(root: str) -> None:
    """Remove them; a file or link of anybody else stays. A failure costs disk space only."""
    cache = RootedPath(root, "cache")
    with suppress(OSError, IOFault):
        for name in cache.names():
            if _FILE.fullmatch(name):
                (cache / name).unlink()
        folders = [cache / name for name in _FOLDERS]
        rejects = cache / "rejects"
        folders += [rejects / name for name in rejects.names() if _REJECTS.fullmatch(name)]
        for folder in folders:
            folder.remove_matching(_IN_FOLDER)
        rejects.remove_folder()
