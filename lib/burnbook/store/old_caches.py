"""Removes the caches of versions before the store, by their known names.

Those of telemetry and of refused lines are still in use and stay.
"""

import re
from contextlib import suppress

from burnbook.base.errors import IOFault
from burnbook.base.rooted_path import RootedPath

_FILE = re.compile(r"(?:snapshots|windows|meters|agent_usage)\.fold|[a-z_]+\.ids|agent_usage\.days")
_FOLDER = "agent_usage.keys"
_IN_FOLDER = re.compile(r"head|all|\d{4}-\d\d-\d\d")


def remove(root: str) -> None:
    """Remove them; a file or link of anybody else stays. A failure costs disk space only."""
    cache = RootedPath(root, "cache")
    with suppress(OSError, IOFault):
        for name in cache.names():
            if _FILE.fullmatch(name):
                (cache / name).unlink()
        (cache / _FOLDER).remove_matching(_IN_FOLDER)
