"""Rewrites a journal as burnbook writes it, where git, an editor or a shell changed its lines."""

from collections.abc import Iterator

from burnbook import excise, journal, records
from burnbook.book import Book
from burnbook.excise import Edit
from burnbook.rooted import RootedPath
from burnbook.verbs import _moved
from burnbook.verbs._mended import settled


def plain(book: Book, name: str) -> str | None:
    """Write LF line ends, and no byte-order mark, blank line or space after a row.

    Every row stays. The journal as it was stays beside it. None where there is nothing to do.
    """
    path = journal.path_of(book.root, name)
    with _moved.alone(book):
        end = settled(book, name)
        with excise.Edited(path, _edits(path, name, end)) as made:
            if made.next is None:
                return None
            before = _moved.put(book, name, made, end)
    return (
        f"{name}.jsonl: rewritten with LF line ends, every row kept; "
        f"the journal as it was is {before.last}"
    )


def _edits(path: RootedPath, name: str, end: int) -> Iterator[Edit]:
    """One for each line up to `end` whose row holds, but whose bytes are not burnbook's."""
    for offset, line in journal.lines(path):
        if offset >= end:
            return  # a writer may still take back what is beyond
        wanted = records.plain(line)
        if wanted != line and (not wanted or records.read(name, line) is not None):
            yield Edit(offset, len(line), wanted)
