"""Lines of a journal whose offsets are known."""

from collections.abc import Iterable

from burnbook.base.rooted_path import RootedPath
from burnbook.book import journal


def at(path: RootedPath, offsets: Iterable[int]) -> dict[int, bytes]:
    """The lines that begin at these offsets, by offset."""
    lines: dict[int, bytes] = {}
    waiting = [*offsets]
    if waiting:
        with journal.reader(path) as file:
            for offset in waiting:
                file.seek(offset)
                lines[offset] = file.readline()
    return lines
