"""Lines of a journal whose offsets are known."""

import os
from collections.abc import Iterable

from burnbook.base.rooted_path import RootedPath


def at(path: RootedPath, offsets: Iterable[int]) -> dict[int, bytes]:
    """The lines that begin at these offsets."""
    lines: dict[int, bytes] = {}
    waiting = [*offsets]
    if waiting:
        with os.fdopen(path.open(os.O_RDONLY), "rb") as file:
            for offset in waiting:
                file.seek(offset)
                lines[offset] = file.readline()
    return lines
